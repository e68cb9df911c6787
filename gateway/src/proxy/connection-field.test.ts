import fc from 'fast-check'
import { expect, it } from 'vitest'
import { downstreamHeaders } from './response-headers.ts'

/** In the letter case and with the blanks that somebody may choose. */
const spelled = (name: string) =>
  fc.tuple(fc.array(fc.boolean()), fc.constantFrom('', ' ', '\t', ' \t')).map(([upper, blank]) => {
    const letters = name.split('').map((one, index) => (upper[index] ? one.toUpperCase() : one))
    return `${blank}${letters.join('')}${blank}`
  })

it('H1, V41: a list of fields in Connection takes out those that it names, and no other', () => {
  const names = ['etag', 'content-type', 'content-language', 'retry-after']
  const listed = fc.subarray(names).chain((some) => fc.tuple(fc.constant(some), fc.tuple(...some.map(spelled)))) // prettier-ignore
  const noise = fc.array(fc.constantFrom('', 'close', 'keep-alive', 'x-etag', 'etag-x', '"etag"'))
  fc.assert(
    fc.property(listed, noise, fc.boolean(), ([some, forms], others, twice) => {
      const parts = [...others, ...forms]
      const connection = twice ? parts : parts.join(',')
      const headers = { ...Object.fromEntries(names.map((name) => [name, 'x'])), connection }
      const kept = downstreamHeaders(headers as never, '/dashboard/a/')
      expect(Object.keys(kept).toSorted()).toEqual(
        names.filter((name) => !some.includes(name)).toSorted(),
      )
    }),
  )
})
