/** An entry of `_dash-dependencies`, as far as it is used here (dash 4.4.1). */
export interface Dependency {
  readonly output: string
  readonly inputs: readonly Property[]
  readonly state: readonly Property[]
  readonly clientside_function: object | null
  readonly prevent_initial_call: boolean
  readonly background?: object | null
  readonly websocket?: boolean
}

interface Property {
  readonly id: string
  readonly property: string
}

/** Values of the components of a page, by id. */
export type PageState = Map<string, Readonly<Record<string, unknown>>>

/** Takes in every component that stands in a layout, or in what a callback has put there. */
export function takeIn(state: PageState, value: unknown): void {
  if (Array.isArray(value)) {
    for (const one of value) takeIn(state, one)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const props = 'props' in value ? (value.props as Record<string, unknown>) : undefined
  if (props && typeof props['id'] === 'string') {
    state.set(props['id'], { ...state.get(props['id']), ...props })
  }
  for (const one of Object.values(props ?? value)) takeIn(state, one)
}

/**
 * Callbacks that a page calls by itself when it opens, and that can be called by a plain request: not
 * those in the browser, in the background, over a WebSocket, or with patterns for ids.
 */
export const isCalledAtOnce = (one: Dependency): boolean =>
  !one.prevent_initial_call &&
  !one.clientside_function &&
  !one.background &&
  one.websocket !== true &&
  [...one.inputs, ...one.state, ...outputsOf(one.output)].every(({ id }) => !id.startsWith('{'))

/** `a.children` or `..a.children...b.figure..`; what follows `@` tells outputs of one property apart. */
export function outputsOf(output: string): Property[] {
  const isMany = output.startsWith('..') && output.endsWith('..')
  const names = isMany ? output.slice(2, -2).split('...') : [output]
  return names.map((name) => {
    const dot = name.lastIndexOf('.')
    return { id: name.slice(0, dot), property: name.slice(dot + 1) }
  })
}

/** The request that Dash's renderer makes for it, or nothing while a component is missing. */
export function callbackBody(one: Dependency, state: PageState): string | undefined {
  const { output, inputs } = one
  if (inputs.length === 0 || ![...inputs, ...one.state].every(({ id }) => state.has(id))) {
    return undefined
  }
  const withValue = ({ id, property }: Property) => ({
    id,
    property,
    value: state.get(id)?.[property],
  })
  const outputs = outputsOf(output)
  return JSON.stringify({
    output,
    outputs: output.startsWith('..') ? outputs : outputs[0],
    inputs: inputs.map(withValue),
    changedPropIds: [],
    parsedChangedPropsIds: [],
    state: one.state.map(withValue),
  })
}

/** Callbacks in the order of a page: none before those that make what it takes. */
export function inOrder(dependencies: readonly Dependency[]): Dependency[] {
  const waiting = dependencies.filter(isCalledAtOnce)
  const ordered: Dependency[] = []
  while (waiting.length > 0) {
    const made = new Set(waiting.flatMap(({ output }) => outputsOf(output)).map(nameOf))
    const free = waiting.findIndex(({ inputs }) => !inputs.some((input) => made.has(nameOf(input))))
    // A circle is cut anywhere.
    ordered.push(...waiting.splice(Math.max(0, free), 1))
  }
  return ordered
}

const nameOf = ({ id, property }: Property) => `${id}.${property}`

/** Takes over what a callback has answered. */
export function apply(state: PageState, answer: string): void {
  const { response } = JSON.parse(answer) as {
    response?: Record<string, Record<string, unknown>>
  }
  for (const [id, changed] of Object.entries(response ?? {})) {
    state.set(id, { ...state.get(id), ...changed })
    takeIn(state, Object.values(changed))
  }
}
