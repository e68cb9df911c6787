import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../dev/paths.ts'

/** Commands of a page of the documentation, as a newcomer pastes them: one after the other, in a shell. */
export interface DocumentedCommands {
  /** @param words how the paragraph above the command begins; what it prints */
  run(words: string): Promise<string>
  /** Those that have been run. */
  readonly done: ReadonlySet<string>
  readonly all: readonly string[]
  /** Where they run: what they write under `.dashgate` is there. */
  readonly folder: string
  close(): Promise<void>
}

const block = /^```sh\n(.*?)^```$/gms

/** The last paragraph before a place in the text, which says what the command there is for. */
const paragraphBefore = (text: string, end: number) =>
  text.slice(0, end).trimEnd().split('\n\n').at(-1)?.replaceAll(/[*`]/g, '') ?? ''

/**
 * Reads the commands of a page; the first block is what all others stand on.
 *
 * @param stackDirectory where the stack that they are run beside keeps its `stack.json`
 */
export async function documentedCommands(
  page: string,
  stackDirectory: string,
): Promise<DocumentedCommands> {
  const text = await readFile(join(root, page), 'utf8')
  const blocks = [...text.matchAll(block)].map((found) => ({
    about: paragraphBefore(text, found.index),
    code: found[1] ?? '',
  }))
  const [preamble, ...steps] = blocks
  if (!preamble) throw new Error(`${page} has no commands`)

  // As a checkout looks from its root, but with this stack in the place of the demo's.
  const folder = await mkdtemp(join(tmpdir(), 'dashgate-commands-'))
  await symlink(stackDirectory, join(folder, '.dashgate'))
  for (const name of ['.venv', 'dev']) await symlink(join(root, name), join(folder, name))

  const done = new Set<string>()
  return {
    async run(words) {
      const step = steps.find(({ about }) => about.startsWith(words))
      if (!step) throw new Error(`${page} has no command after “${words}”`)
      done.add(step.about)
      const script = `set -euo pipefail\n${preamble.code}\n${step.code}`
      const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
      return stdout
    },
    done,
    all: steps.map(({ about }) => about),
    folder,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The folder of the stack that tests share. */
export const directoryOf = (stack: { users: string }): string => dirname(stack.users)
