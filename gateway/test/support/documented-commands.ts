import { execFile, type ExecFileException } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root } from '../../../dev/paths.ts'

const run = promisify(execFile)

/** The shell blocks of a section of docs/operations.md, in order, as they stand there. */
export function documentedCommands(section: string): string[] {
  const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8')
  const [, rest = ''] = page.split(`\n## ${section}\n`)
  const [text = ''] = rest.split(/\n## /)
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, code]) => code ?? '')
  if (blocks.length === 0) throw new Error(`docs/operations.md has no commands under "${section}"`)
  return blocks
}

/** Runs a block as a person would paste it, and stops at its first command that fails. */
export async function runBlock(
  code: string,
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', code], { cwd, env })
    return stdout
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as ExecFileException
    throw new Error(`A documented command failed:\n${code}\n${stdout}\n${stderr}`, { cause })
  }
}
