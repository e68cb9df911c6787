import { describe, expect, it } from 'vitest'
import { isNotModified, mayResume } from './entity-tag.ts'

describe('If-None-Match', () => {
  it.each(['"v1"', 'W/"v1"', '*', ' * ', '"v0", "v1"', '"v0","v1"', '"a,b", W/"v1"'])(
    '%s names version 1',
    (header) => {
      expect(isNotModified(header, '"v1"')).toBe(true)
    },
  )

  it.each([undefined, '', 'v1', '"v2"', '"v1', '"V1"', '"v0,v1"', '"v1 "'])(
    '%s does not',
    (header) => {
      expect(isNotModified(header, '"v1"')).toBe(false)
    },
  )
})

describe('If-Range', () => {
  it('resumes the same version only', () => {
    expect(mayResume(undefined, '"v1"')).toBe(true)
    expect(mayResume('"v1"', '"v1"')).toBe(true)
    expect(mayResume('"v2"', '"v1"')).toBe(false)
    expect(mayResume('W/"v1"', 'W/"v1"')).toBe(false)
    expect(mayResume('Mon, 23 Nov 2026 10:00:00 GMT', '"v1"')).toBe(false)
  })
})
