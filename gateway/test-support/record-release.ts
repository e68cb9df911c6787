/**
 * The command `npm run release:record`, for the day of a release: writes down, for the version of
 * package.json, what its gateway says to the database. Later migrations must leave that working.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { abridge, catalogueFile, serialize } from './release-catalogue.ts'
import { recordStory } from './release-recording.ts'

const here = (path: string) => new URL(`../../${path}`, import.meta.url)
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8')) as { version: string }
const journal = JSON.parse(readFileSync(here('migrations/meta/_journal.json'), 'utf8')) as {
  entries: { tag: string }[]
}

const { seed, startedAt, transactions, unused } = await recordStory()
if (unused.length > 0) {
  throw new Error(`release-story.ts leaves out what needs these rights: ${unused.join(', ')}`)
}
const catalogue = {
  release: version,
  migrations: journal.entries.map(({ tag }) => tag),
  seed,
  ...abridge(transactions, startedAt),
}
mkdirSync(here('migrations/releases'), { recursive: true })
writeFileSync(catalogueFile(version), serialize(catalogue))
process.stdout.write(
  `${version}: ${catalogue.statements.length} statements in ${catalogue.transactions.length} transactions\n`,
)
