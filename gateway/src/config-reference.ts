/** Writes docs/configuration.md from the schema, or with `--check` says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { sections } from './config.ts'
import { referenceOf, referencePath } from './config/reference.ts'

const target = new URL(`../../${referencePath}`, import.meta.url)

const wanted = referenceOf(sections).join('\n')
if (!process.argv.includes('--check')) {
  writeFileSync(target, wanted)
} else if (readFileSync(target, 'utf8') !== wanted) {
  throw new Error(`${referencePath} is out of date: run node gateway/src/config-reference.ts`)
}
