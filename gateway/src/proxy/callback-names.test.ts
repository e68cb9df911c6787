import { describe, expect, it } from 'vitest'
import { createCallbackNames } from './callback-names.ts'

const hash = 'c'.repeat(64)
const click = { id: 'button', property: 'n_clicks' }
const timer = { id: 'clock', property: 'n_intervals' }

function learnt(...callbacks: readonly { output: string; inputs: readonly object[] }[]) {
  const names = createCallbackNames()
  names.learn('demo', Buffer.from(JSON.stringify(callbacks)))
  return (output: string, dashboard = 'demo') => names.nameOf(dashboard, output)
}

describe('the name of a callback', () => {
  it.each([
    ['one output', 'graph.figure', 'graph.figure'],
    ['several', '..graph.figure...table.data...note.children..', 'graph.figure (+2)'],
    ['one in a list', '..graph.figure..', 'graph.figure'],
    ['a duplicate', `graph.figure@${hash}`, 'graph.figure'],
    ['several duplicates', `..graph.figure@${hash}...table.data@${hash}..`, 'graph.figure (+1)'],
    ['a pattern', '{"index":["MATCH"],"type":"row"}.children', '{index:[MATCH],type:row}.children'],
    ['none', hash, '< button.n_clicks'],
  ])('with %s', (_, output, label) => {
    expect(learnt({ output, inputs: [click] })(output).label).toBe(label)
  })

  it('says what sets it off where two write to the same', () => {
    const nameOf = learnt(
      { output: 'graph.figure', inputs: [click] },
      { output: `graph.figure@${hash}`, inputs: [timer] },
    )
    expect(nameOf('graph.figure').label).toBe('graph.figure')
    expect(nameOf(`graph.figure@${hash}`).label).toBe('graph.figure < clock.n_intervals')
  })

  it('V23: is "other" for what the app does not list', () => {
    const nameOf = learnt({ output: 'graph.figure', inputs: [click] })
    expect(nameOf('invented.figure').label).toBe('other')
    expect(nameOf('__proto__').label).toBe('other')
    expect(nameOf('graph.figure', 'another').label).toBe('other')
  })

  it('V23: is bounded in length and number', () => {
    const outputs = Array.from({ length: 150 }, (_, index) => `${index}${'x'.repeat(500)}.children`)
    const nameOf = learnt(...outputs.map((output) => ({ output, inputs: [] })))
    const labels = outputs.map((output) => nameOf(output).label)
    expect(new Set(labels).size).toBe(101)
    for (const label of labels) expect(label.length).toBeLessThanOrEqual(120)
  })

  it('is kept when the app answers with something else than a list', () => {
    const names = createCallbackNames()
    names.learn('demo', Buffer.from('[{"output":"a.b","inputs":[]}]'))
    for (const list of ['', '{}', '[3]', '<html>']) names.learn('demo', Buffer.from(list))
    expect(names.nameOf('demo', 'a.b').label).toBe('a.b')
  })

  it('knows whether a timer is among what sets it off', () => {
    const nameOf = learnt(
      { output: 'a.b', inputs: [click, timer] },
      { output: 'c.d', inputs: [click] },
    )
    expect(nameOf('a.b').hasTimer).toBe(true)
    expect(nameOf('c.d').hasTimer).toBe(false)
  })
})
