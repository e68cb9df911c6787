/**
 * `npm run sabotage:isolation`: takes one check after the other out of a copy of the gateway and
 * shows that the isolation property finds each. A check that nothing misses is not tested. Words
 * after `--` choose sabotages by a part of their name.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './paths.ts'
import { sabotages, type Edit } from './sabotage/sabotages.ts'

/** Enough for each of them to be found in the first seconds; the test itself runs 2,000. */
const sequences = '2000'

const left = new Set(['node_modules', '.venv', '.git', '.turbo', 'reports', 'logs'])

/** The checkout without what is generated, and with the packages of the real one. */
async function copyCheckout(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'dashgate-sabotage-'))
  await cp(root, copy, {
    recursive: true,
    filter: (path) => !left.has(path.slice(path.lastIndexOf('/') + 1)),
  })
  for (const name of ['node_modules', '.venv']) await symlink(join(root, name), join(copy, name))
  return copy
}

async function apply(copy: string, { file, find, replace }: Edit): Promise<() => Promise<void>> {
  const path = join(copy, 'gateway', 'src', file)
  const text = await readFile(path, 'utf8')
  if (text.split(find).length !== 2) throw new Error(`${file} has not exactly once: ${find}`)
  await writeFile(
    path,
    text.replace(find, () => replace),
  )
  return () => writeFile(path, text)
}

/** What the property said: how it failed, or that it passed. */
async function runProperty(copy: string): Promise<{ found: boolean; said: string }> {
  const child = spawn(
    join(copy, 'node_modules', '.bin', 'vitest'),
    ['run', '--project=scenarios', 'test/isolation-property', '--reporter=dot'],
    {
      cwd: join(copy, 'gateway'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ISOLATION_RUNS: sequences, NO_COLOR: '1' },
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  const leak = /(?:AssertionError|Error): expected .*? not to contain '([^']+)'/.exec(output)?.[1]
  const after = /Property failed after (\d+) tests?/.exec(output)?.[1]
  if (code === 0) return { found: false, said: 'nothing' }
  if (leak === undefined) return { found: false, said: `failed otherwise:\n${output.slice(-2000)}` }
  return {
    found: true,
    said: `${leak} seen by the other tenant, in ${after ? `sequence ${after}` : 'the first answer'}`,
  }
}

const wanted = process.argv.slice(2)
const chosen = sabotages.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
)
const copy = await copyCheckout()
let missed = 0
try {
  for (const { name, edits } of chosen) {
    const undo = []
    for (const edit of edits) undo.push(await apply(copy, edit))
    const { found, said } = await runProperty(copy)
    // The last edit of a file is taken back first.
    for (const back of undo.toReversed()) await back()
    if (!found) missed += 1
    process.stdout.write(`${found ? 'found ' : 'MISSED'}  ${name}: ${said}\n`)
  }
} finally {
  await rm(copy, { recursive: true, force: true })
}
process.stdout.write(`${chosen.length - missed} of ${chosen.length} sabotages found\n`)
process.exitCode = missed === 0 ? 0 : 1
