import { afterEach, expect, it, vi } from 'vitest'
import { eventually } from '../test-support/eventually.ts'
import { useKeyDatabase } from '../test-support/key-database.ts'
import { createAuditStore } from './audit/audit-store.ts'
import { composeKeys } from './compose-keys.ts'
import { parseConfig } from './config.ts'
import { createLogger } from './observability/logger.ts'

const test = useKeyDatabase()
let keys: Awaited<ReturnType<typeof composeKeys>>

afterEach(() => {
  keys?.stop()
  vi.useRealTimers()
})

const compose = () =>
  composeKeys(
    parseConfig({
      PUBLIC_URL: 'https://dash.example',
      DATABASE_URL: 'postgres://gateway:secret@localhost/dashgate',
      MASTER_KEY: test.masterKey.toString('base64'),
      OIDC_ISSUER: 'https://login.example/tenant',
      OIDC_CLIENT_ID: 'dashgate',
      OIDC_CLIENT_SECRET: 'a-long-enough-secret',
      BLOB_CONNECTION_STRING: 'UseDevelopmentStorage=true',
    }),
    {
      database: test.database,
      audit: createAuditStore(test.database),
      logger: createLogger('error', { write: () => {} }),
      now: Date.now,
    },
  )

it('keys are read again, and spent ones removed, though no notification comes', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  keys = await compose()
  const before = keys.keyRings.passwordsToSeal()
  await test.rotate(await test.load())
  await test.letTimePass(48 * 3600)
  expect(keys.keyRings.passwordsToSeal()).toEqual(before)

  vi.advanceTimersByTime(30_000)
  vi.useRealTimers()
  await eventually(async () => {
    const left = await test.owner`select kid from key_rings where retired_at is not null`
    expect(left).toHaveLength(0)
  })
  expect(keys.keyRings.passwordsToSeal()).not.toEqual(before)
})
