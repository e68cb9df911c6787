import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll } from 'vitest'

const made: string[] = []

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

/** A folder for the tests of one file; gone when they are over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dashgate-'))
  made.push(directory)
  return directory
}
