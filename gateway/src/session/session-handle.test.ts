import { expect, it } from 'vitest'
import { sessionHandle } from './session-handle.ts'

const [mine, theirs] = [{ secret: 'a'.repeat(43) }, { secret: 'b'.repeat(43) }]

it('names a session to the one that looks, and to no other', () => {
  const handle = sessionHandle(mine, 'hash-1')
  expect(handle).toMatch(/^[\w-]{43}$/)
  expect(sessionHandle(mine, 'hash-1')).toBe(handle)
  expect(sessionHandle(mine, 'hash-2')).not.toBe(handle)
  expect(sessionHandle(theirs, 'hash-1')).not.toBe(handle)
})
