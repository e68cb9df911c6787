import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { writePrivateJson } from './private-file.ts'
import { loadSecrets } from './secrets.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('loadSecrets', () => {
  it('makes them once and keeps them, for their owner only', async () => {
    const directory = temporaryDirectory()
    const secrets = await loadSecrets(directory)
    expect(await loadSecrets(directory)).toEqual(secrets)
    expect(new Set(Object.values(secrets)).size).toBe(Object.keys(secrets).length)
    expect(statSync(join(directory, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('adds what the file of an earlier version lacks, and changes nothing else', async () => {
    const directory = temporaryDirectory()
    const file = join(directory, 'secrets.json')
    writePrivateJson(file, { masterKey: 'kept' })
    const secrets = await loadSecrets(directory)
    expect(secrets.masterKey).toBe('kept')
    expect(secrets.pipelineSecret).toMatch(/^[\w-]{43}$/)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(secrets)
  })
})
