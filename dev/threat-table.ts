/** Writes docs/threats.md from the names of all tests, or with `--check` says whether it is up to date. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './paths.ts'
import { threatTable } from './threats/table.ts'
import { coveringIn } from './threats/test-names.ts'
import { reasons, rows } from './threats/rows.ts'

const target = join(root, 'docs', 'threats.md')

/** Tests under version control, or about to be; those of this table itself cover nothing. */
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.test\.ts$|(?:^|\/)test_[^/]*\.py$/.test(file))
  .filter((file) => !file.startsWith('dev/threats/'))
  .filter((file) => existsSync(join(root, file)))

const covering = files.flatMap((file) =>
  coveringIn(file, readFileSync(join(root, file), 'utf8'), rows),
)
const { page, open } = threatTable(rows, reasons, covering)

if (!process.argv.includes('--check')) writeFileSync(target, page)
else if (!existsSync(target) || readFileSync(target, 'utf8') !== page) {
  throw new Error('docs/threats.md is out of date: run npm run docs:threats')
}
if (open.length > 0) throw new Error(`neither a test nor a reason: ${open.join(', ')}`)
