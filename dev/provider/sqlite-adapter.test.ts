import { join } from 'node:path'

import { beforeEach, expect, it } from 'vitest'

import { createSqliteAdapter } from './sqlite-adapter.ts'
import { temporaryDirectory } from '../temporary-directory.ts'

let file: string

beforeEach(() => {
  file = join(temporaryDirectory(), 'provider.sqlite')
})

it('remembers a refresh token over a restart', async () => {
  await createSqliteAdapter(file)('RefreshToken').upsert('r1', { grantId: 'g1' }, 60)
  expect(await createSqliteAdapter(file)('RefreshToken').find('r1')).toEqual({ grantId: 'g1' })
})

it('forgets what is over', async () => {
  const codes = createSqliteAdapter(file)('AuthorizationCode')
  await codes.upsert('c1', {}, -10)
  expect(await codes.find('c1')).toBeUndefined()
})

it('marks what was used, so that it cannot be used twice', async () => {
  const codes = createSqliteAdapter(file)('AuthorizationCode')
  await codes.upsert('c1', {}, 60)
  await codes.consume('c1')
  expect((await codes.find('c1'))?.consumed).toBeTypeOf('number')
})

it('revokes the tokens of a grant and nothing else', async () => {
  const adapter = createSqliteAdapter(file)
  await adapter('Interaction').upsert('i1', { grantId: 'g1' }, 60)
  await adapter('AccessToken').upsert('a1', { grantId: 'g1' }, 60)
  await adapter('RefreshToken').upsert('r1', { grantId: 'g1' }, 60)
  await adapter('RefreshToken').upsert('r2', { grantId: 'g2' }, 60)
  await adapter('RefreshToken').revokeByGrantId('g1')
  expect(await adapter('RefreshToken').find('r1')).toBeUndefined()
  expect(await adapter('AccessToken').find('a1')).toBeDefined()
  expect(await adapter('Interaction').find('i1')).toBeDefined()
  expect(await adapter('RefreshToken').find('r2')).toBeDefined()
})

it('finds a session by its uid', async () => {
  const sessions = createSqliteAdapter(file)('Session')
  await sessions.upsert('s1', { uid: 'u1', accountId: 'x' }, 60)
  expect(await sessions.findByUid('u1')).toMatchObject({ accountId: 'x' })
})
