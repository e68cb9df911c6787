import { describe, expect, it } from 'vitest'
import { apply, callbackBody, inOrder, outputsOf, takeIn, type Dependency } from './callbacks.ts'

const dependency = (output: string, input: string, own: Partial<Dependency> = {}): Dependency => {
  const [id = '', property = ''] = input.split('.')
  return {
    output,
    inputs: [{ id, property }],
    state: [],
    clientside_function: null,
    prevent_initial_call: false,
    ...own,
  }
}

describe('callbacks of a page that opens', () => {
  it('come after those that make what they take', () => {
    const last = dependency('c.children', 'b.value')
    const first = dependency('b.value', 'a.value')
    expect(inOrder([last, first])).toEqual([first, last])
  })

  it('are called in some order where they form a circle', () => {
    const circle = [dependency('a.value', 'b.value'), dependency('b.value', 'a.value')]
    expect(inOrder(circle)).toHaveLength(2)
  })

  it.each<[string, Partial<Dependency>]>([
    ['waits for a click', { prevent_initial_call: true }],
    ['runs in the browser', { clientside_function: {} }],
    ['runs in the background', { background: {} }],
    ['needs a WebSocket', { websocket: true }],
    ['has a pattern for an id', { state: [{ id: '{"i":["ALL"]}', property: 'value' }] }],
  ])('leave out what %s', (_, own) => {
    expect(inOrder([dependency('a.children', 'b.value', own)])).toEqual([])
  })

  it('send values of the layout, wherever they stand in it', () => {
    const state = new Map()
    takeIn(state, { props: { children: [{ props: { id: 'a', value: 7 } }] } })
    const body = JSON.parse(
      callbackBody(dependency('b.children', 'a.value'), state) ?? '{}',
    ) as object
    expect(body).toMatchObject({
      output: 'b.children',
      outputs: { id: 'b', property: 'children' },
      inputs: [{ id: 'a', property: 'value', value: 7 }],
      changedPropIds: [],
    })
  })

  it('wait while a component is missing, and go on once an answer brings it', () => {
    const state = new Map()
    const one = dependency('..b.children...c.figure..', 'late.value')
    expect(callbackBody(one, state)).toBeUndefined()
    apply(
      state,
      JSON.stringify({ response: { x: { children: { props: { id: 'late', value: 1 } } } } }),
    )
    expect(callbackBody(one, state)).toContain('"value":1')
    expect(outputsOf(one.output)).toEqual([
      { id: 'b', property: 'children' },
      { id: 'c', property: 'figure' },
    ])
  })
})
