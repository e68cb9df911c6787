import { recordOf } from '../../view.ts'

/**
 * What Dash's client shows of a page (dash 4.4.1): its stores in `dash_stores`, and `set_props`. A
 * component's class says in `persisted_props` which of its properties people set; that is how Dash
 * itself knows what to keep for a person.
 */
interface Store {
  getState: () => unknown
  subscribe: (listener: () => void) => () => void
}

declare global {
  interface Window {
    dash_stores?: Store[]
    dash_clientside?: { set_props?: (id: unknown, props: Record<string, unknown>) => void }
  }
}

/** A component of the page as it is now. */
export interface Shown {
  /** As Dash writes it: that of a pattern is JSON. */
  id: string
  type: string
  props: Record<string, unknown>
  /** Names of what people set in it. */
  settable: string[]
}

export const dashStore = (): Store | undefined => window.dash_stores?.[0]

/** All components with an id, in the order of the page. */
export function shownComponents(): Map<string, Shown> {
  const state = recordOf(dashStore()?.getState())
  const paths = recordOf(state['paths'])
  const found = new Map<string, Shown>()
  const add = (id: string, path: unknown) => {
    const shown = shownAt(state['layout'], path)
    if (shown !== undefined) found.set(id, { id, ...shown })
  }
  for (const [id, path] of Object.entries(recordOf(paths['strs']))) add(id, path)
  for (const [keys, all] of Object.entries(recordOf(paths['objs']))) {
    if (!Array.isArray(all)) continue
    for (const one of all) {
      const { values, path } = recordOf(one)
      add(patternId(keys.split(','), Array.isArray(values) ? values : []), path)
    }
  }
  return found
}

/** As `stringifyId` of Dash: JSON with sorted keys, which the paths have them in. */
function patternId(keys: string[], values: unknown[]): string {
  return JSON.stringify(Object.fromEntries(keys.map((key, at) => [key, values[at]])))
}

function shownAt(layout: unknown, path: unknown): Omit<Shown, 'id'> | undefined {
  let node = layout
  for (const step of Array.isArray(path) ? path : []) {
    if (typeof node !== 'object' || node === null) return undefined
    node = (node as Record<string, unknown>)[String(step)]
  }
  const { namespace, type, props } = recordOf(node)
  if (typeof namespace !== 'string' || typeof type !== 'string') return undefined
  const settable = settableOf(namespace, type)
  return { type: `${namespace}/${type}`, props: recordOf(props), settable }
}

function settableOf(namespace: string, type: string): string[] {
  const kind: unknown = recordOf((window as unknown as Record<string, unknown>)[namespace])[type]
  // A class is a function, and its static fields are what is asked for.
  const { defaultProps, dashPersistence } = (kind ?? {}) as Record<string, unknown>
  const named =
    recordOf(defaultProps)['persisted_props'] ?? recordOf(dashPersistence)['persisted_props']
  // `columns.name` and the like are parts that another function of Dash puts together.
  return Array.isArray(named)
    ? named.filter((name): name is string => typeof name === 'string' && !name.includes('.'))
    : []
}

/** Ids that a callback sets, each with the ids that make it do so. */
export function dependencies(): Map<string, Set<string>> {
  const { callbacks } = recordOf(recordOf(recordOf(dashStore()?.getState())['graphs']))
  const sources = new Map<string, Set<string>>()
  for (const callback of Array.isArray(callbacks) ? callbacks : []) {
    const { inputs, outputs } = recordOf(callback)
    for (const output of idsOf(outputs)) {
      const known = sources.get(output) ?? new Set()
      for (const input of idsOf(inputs)) if (input !== output) known.add(input)
      sources.set(output, known)
    }
  }
  return sources
}

function idsOf(list: unknown): string[] {
  const ids = (Array.isArray(list) ? list : []).map((one) => recordOf(one)['id'])
  return ids.filter((id) => typeof id === 'string')
}

/** Queues of callbacks that Dash has yet to run, or whose answers it waits for. */
const QUEUES = ['requested', 'prioritized', 'blocked', 'executing', 'watched', 'executed']

export function isIdle(): boolean {
  const state = recordOf(dashStore()?.getState())
  const callbacks = recordOf(state['callbacks'])
  const isBusy = (name: string) => {
    const queue = callbacks[name]
    return Array.isArray(queue) && queue.length > 0
  }
  return state['appLifecycle'] === 'HYDRATED' && !QUEUES.some(isBusy)
}

/** What never ends, such as a callback that goes on and on, is not waited for longer than this. */
const LONGEST_WAIT_MS = 8000

/** Resolves when Dash has nothing under way, looked at after what it does at once. */
export async function untilIdle(): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS
  do await new Promise((resolve) => setTimeout(resolve, 30))
  while (!isIdle() && performance.now() < end)
}

export function setProps(id: string, props: Record<string, unknown>): void {
  window.dash_clientside?.set_props?.(id.startsWith('{') ? JSON.parse(id) : id, props)
}
