import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const source = fileURLToPath(new URL('..', import.meta.url))
const page = new URL('../../../docs/admin-api.md', import.meta.url)

const words = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(
    ([, found = '']) => found.match(/(?<=['`])[a-z_]+\.[a-z_]+(?=['`])/g) ?? [],
  )

it('are named in the documentation, all of them and no other', () => {
  const written = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => words(readFileSync(join(source, file), 'utf8'), /\baction: (.*)/g))
  const table = readFileSync(page, 'utf8').split('## What the audit log holds')[1] ?? ''
  const documented = words(table, /^\| (`.*?)\|/gm)
  expect(documented.length).toBeGreaterThan(10)
  expect(new Set(documented)).toEqual(new Set(written))
})
