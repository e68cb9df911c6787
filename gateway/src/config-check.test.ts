import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'dashgate-config-'))
afterAll(() => rmSync(directory, { recursive: true }))

const script = fileURLToPath(new URL('config-check.ts', import.meta.url))

const good = {
  PUBLIC_URL: 'http://localhost:8080',
  DATABASE_URL: 'postgres://gateway@127.0.0.1/dashgate',
  MASTER_KEY: Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64'),
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'dashgate',
  OIDC_CLIENT_SECRET: 'a secret of some length',
  DATA_FOLDER: directory,
}

/** The exit code, and what was said. */
function check(changes: Record<string, string> = {}) {
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; said: string }>()
  const env = { ...good, ...changes }
  execFile(process.execPath, [script], { env }, (error, stdout, stderr) =>
    resolve({ code: error?.code ?? 0, said: stdout + stderr }),
  )
  return promise
}

describe('npm run config:check', () => {
  it('finds a good configuration good, without a connection to anything', async () => {
    expect(await check()).toEqual({ code: 0, said: 'The configuration is good.\n' })
  })

  it('names each fault of a value and of a file in one go, with the line that describes the variable', async () => {
    const noCertificate = join(directory, 'ca.pem')
    writeFileSync(noCertificate, 'none')
    const { code, said } = await check({
      OPS_LISTEN: 'nine',
      DATABASE_CA_FILE: noCertificate,
      MASTER_KEY: '',
      MASTER_KEY_FILE: join(directory, 'missing'),
      DATA_FOLDER: noCertificate,
      PUBLIC_URL: 'https://dash.example',
      PUBLIC_CERT_FILE: noCertificate,
      PUBLIC_KEY_FILE: noCertificate,
    })
    expect(code).toBe(1)
    expect(said).toMatch(/OPS_LISTEN must be host:port/)
    expect(said).toMatch(/DATABASE_CA_FILE holds no certificate/)
    expect(said).toMatch(/MASTER_KEY_FILE cannot be read: .*missing \(ENOENT\)/)
    expect(said).toMatch(/DATA_FOLDER is no folder/)
    expect(said).toMatch(/PUBLIC_CERT_FILE and PUBLIC_KEY_FILE cannot be used together/)
    const page = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
    const lines = page.split('\n')
    const places = [...said.matchAll(/^ {2}(\w+) .*\(docs\/configuration\.md:(\d+)\)$/gm)]
    expect(places.length).toBeGreaterThanOrEqual(5)
    for (const [, name, line] of places) expect(lines[Number(line) - 1]).toContain(`\`${name}\``)
  })

  it('V58: repeats no value that could be a secret', async () => {
    const { said } = await check({ MASTER_KEY: 'do not repeat me', DATABASE_URL: 'nor:me' })
    expect(said).toContain('MASTER_KEY must be')
    expect(said).not.toMatch(/repeat me|nor:me/)
  })
})
