import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const folders = ['../', '../../../migrations/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
)
const sources = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:ts|sql)$/.test(file) && !file.endsWith('.test.ts'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') })),
)

/** A setting that outlives its transaction is found by the connection's next user. */
const outlives = /set_config\([^)]*,\s*false\s*\)|\bset\s+(?:session\s+)?dashgate\./i

it('T2, R6: no statement makes a setting that outlives its transaction', () => {
  expect(sources.some(({ text }) => text.includes('set_config('))).toBe(true)
  expect(sources.filter(({ text }) => outlives.test(text)).map(({ file }) => file)).toEqual([])
})
