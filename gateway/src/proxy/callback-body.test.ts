import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSetOffByTimers, outputAtBeginning } from './callback-body.ts'

const bodyOf = (value: unknown) => Buffer.from(JSON.stringify(value))

describe('what a callback writes to', () => {
  it('is read off the beginning of its body, also of a body that has only begun', () => {
    const body = bodyOf({ output: 'graph.figure', outputs: {}, inputs: [] })
    expect(outputAtBeginning(body)).toBe('graph.figure')
    expect(outputAtBeginning(body.subarray(0, 30))).toBe('graph.figure')
  })

  it('is read whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (output) => {
        // What is no text (a lone surrogate) does not survive UTF-8 either.
        fc.pre(output.isWellFormed())
        expect(outputAtBeginning(bodyOf({ output, inputs: [] }))).toBe(output)
      }),
    )
  })

  it('is unknown where it does not come first, is no string, or has no end within reach', () => {
    const bodies = [
      '',
      '{',
      '{"output":',
      '{"output":3}',
      '{"output":"half',
      '{"output":"half\\',
      '{"inputs":[],"output":"a.b"}',
      '{"output":"bad\\x escape"}',
      `{"output":"${'a'.repeat(5000)}"}`,
      '\u001f\u008bgzip',
    ]
    for (const body of bodies)
      expect(outputAtBeginning(Buffer.from(body, 'latin1'))).toBeUndefined()
  })
})

describe('a callback', () => {
  const body = (changedPropIds: string[], state: unknown = []) =>
    bodyOf({ output: 'a.b', inputs: [{ id: 'x', value: 'y' }], changedPropIds, state })

  it('is a poll when timers alone have set it off', () => {
    expect(isSetOffByTimers(body(['clock.n_intervals']))).toBe(true)
    expect(isSetOffByTimers(body(['{"index":1,"type":"t"}.n_intervals', 'b.n_intervals']))).toBe(
      true,
    )
  })

  it('is none when a person did, when nothing did, or when nobody says', () => {
    expect(isSetOffByTimers(body(['button.n_clicks']))).toBe(false)
    expect(isSetOffByTimers(body(['clock.n_intervals', 'button.n_clicks']))).toBe(false)
    expect(isSetOffByTimers(body(['button.n_clicks', 'clock.n_intervals']))).toBe(false)
    expect(isSetOffByTimers(body([]))).toBe(false)
    expect(isSetOffByTimers(bodyOf({ output: 'a.b' }))).toBe(false)
  })

  it('is not taken for a poll by what somebody typed', () => {
    const typed = '"changedPropIds":["clock.n_intervals"]'
    expect(isSetOffByTimers(body(['button.n_clicks'], [{ value: typed }]))).toBe(false)
  })
})
