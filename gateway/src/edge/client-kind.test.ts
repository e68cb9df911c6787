import { describe, expect, it } from 'vitest'
import { clientKind, type ClientHints } from './client-kind.ts'

const hints = (changes: Partial<ClientHints>): ClientHints => ({
  method: 'GET',
  secFetchMode: undefined,
  secFetchDest: undefined,
  secFetchSite: undefined,
  accept: undefined,
  ...changes,
})

describe('clientKind', () => {
  it('takes a navigation of the window for a document', () => {
    expect(clientKind(hints({ secFetchMode: 'navigate', secFetchDest: 'document' }))).toBe(
      'document',
    )
  })

  it('takes a navigation inside a page for a frame', () => {
    expect(clientKind(hints({ secFetchMode: 'navigate', secFetchDest: 'iframe' }))).toBe('frame')
  })

  it('takes a posted form for a document', () => {
    expect(
      clientKind(hints({ method: 'POST', secFetchMode: 'navigate', secFetchDest: 'document' })),
    ).toBe('document')
  })

  it.each(['cors', 'same-origin', 'no-cors', 'websocket'])(
    'takes mode %s for a script, whatever it accepts',
    (secFetchMode) => {
      expect(clientKind(hints({ secFetchMode, accept: 'text/html' }))).toBe('script')
    },
  )

  it('goes by Accept for a client that sends no fetch metadata', () => {
    expect(clientKind(hints({ accept: 'text/html,*/*' }))).toBe('document')
    expect(clientKind(hints({ accept: 'application/json' }))).toBe('script')
    expect(clientKind(hints({}))).toBe('script')
    expect(clientKind(hints({ method: 'POST', accept: 'text/html' }))).toBe('script')
  })
})
