/** What the shell and the script in a dashboard's frame say of a view: values of components, by their ids. */
export interface ViewContent {
  /** Path below the dashboard's own, with its query; empty for its first page. */
  path: string
  components: Record<string, Captured>
}

/** One component as somebody left it. */
export interface Captured {
  /** Package and name: the same id may be another kind of component after an update. */
  type: string
  /** What people call it, for when it is gone. */
  label: string
  props: Record<string, unknown>
  /** Where somebody has zoomed a graph to, as plotly.js says and takes it. */
  zoom?: Record<string, unknown>
}

/** Under this key of a preference's value is what the shell has captured (docs/decisions/0010-views.md). */
const KEY = '$view'

export function toValue(content: ViewContent): Record<string, unknown> {
  return { [KEY]: content }
}

/** Reads what was stored, by this release or another, or by an app: what does not fit is left out. */
export function readView(value: unknown): ViewContent {
  const fields = recordOf(value)
  const view = recordOf(fields[KEY])
  const components: Record<string, Captured> = {}
  // An app that keeps sets of filters says only what they are worth.
  for (const [id, worth] of Object.entries(fields)) {
    if (id !== KEY) components[id] = { type: '', label: id, props: { value: worth } }
  }
  for (const [id, one] of Object.entries(recordOf(view['components']))) {
    const { type, label, props, zoom } = recordOf(one)
    components[id] = {
      type: typeof type === 'string' ? type : '',
      label: typeof label === 'string' ? label : id,
      props: recordOf(props),
      ...(zoom !== undefined && { zoom: recordOf(zoom) }),
    }
  }
  return { path: typeof view['path'] === 'string' ? view['path'] : '', components }
}

export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

/** Whether two values are the same as JSON, whatever the order of their keys. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]))
  }
  if (!isObject(one) || !isObject(other)) return (one ?? null) === (other ?? null)
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => isSame(one[key], other[key]))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
