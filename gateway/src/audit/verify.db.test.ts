import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { makeTestDatabase, type TestDatabase } from '../../test-support/test-database.ts'
import { connectDatabase } from '../db/client.ts'
import { createAuditStore } from './audit-store.ts'

let test: TestDatabase

beforeAll(async () => {
  test = await makeTestDatabase(inject('postgresUrl'))
  const database = connectDatabase({ url: test.gatewayUrl })
  const audit = createAuditStore(database)
  for (const requestId of ['r1', 'r2', 'r3']) {
    await audit.record({ action: 'test', actor: { type: 'gateway', id: 'g' }, requestId })
  }
  await database.close()
})
afterAll(() => test.drop())

/** Runs the command as an operator does. */
const verify = (args: string[] = [], databaseUrl = test.gatewayUrl) =>
  new Promise<{ code: number | string | null | undefined; said: string }>((resolve) => {
    const script = fileURLToPath(new URL('verify.ts', import.meta.url))
    const env = { DATABASE_URL: databaseUrl }
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, said: stdout + stderr }),
    )
  })

it('says that an untouched log is whole, and what to note of it', async () => {
  const [row] = await test.owner`select hash from audit_logs where id = 3`
  expect(await verify()).toEqual({
    code: 0,
    said:
      'The audit log is whole: 3 lines, each fits the one before.\n' +
      `Its last line, to be noted elsewhere: 3:${String(row?.['hash'])}\n`,
  })
})

it('names the line that is not the one noted', async () => {
  const { code, said } = await verify(['--noted', `2:${'0'.repeat(64)}`])
  expect([code, said]).toEqual([1, expect.stringContaining('line 2 is not the one')])
})

it('is no success where nothing can be said', async () => {
  const gone = new URL(test.gatewayUrl)
  gone.pathname = '/no_such_database'
  for (const { code, said } of [await verify(['--noted', '3']), await verify([], gone.href)]) {
    expect([code, said]).toEqual([
      2,
      expect.stringMatching(/^The audit log could not be checked: /),
    ])
  }
})

it('leaves for Prometheus what it found, and nothing where it could say nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-verify-'))
  const file = join(directory, 'dashgate_audit.prom')
  const gone = new URL(test.gatewayUrl)
  gone.pathname = '/no_such_database'
  await verify(['--metrics-file', file], gone.href)
  expect(await readdir(directory)).toEqual([])
  await verify(['--metrics-file', file])
  expect(await readFile(file, 'utf8')).toContain('\ndashgate_audit_chain_whole 1\n')
  await rm(directory, { recursive: true })
})

it('names the line that its owner has changed', async () => {
  await test.owner`update audit_logs set actor = 'somebody else' where id = 2`
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-verify-'))
  const file = join(directory, 'dashgate_audit.prom')
  const { code, said } = await verify(['--metrics-file', file])
  expect(code).toBe(1)
  expect(said).toContain('line 2 was changed')
  const text = await readFile(file, 'utf8')
  expect(text).toContain('\ndashgate_audit_chain_whole 0\n')
  expect(text).toContain('\ndashgate_audit_verified_lines 1\n')
  await rm(directory, { recursive: true })
})
