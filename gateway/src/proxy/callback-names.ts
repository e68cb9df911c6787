import { z } from 'zod'

/** What a callback is called in metrics and logs. */
export interface CallbackName {
  readonly label: string
  /** Whether a `dcc.Interval` is among what sets it off. */
  readonly hasTimer: boolean
}

/** Of callbacks that the app does not list, or beyond those that get a name: a client could invent them. */
export const otherCallback: CallbackName = { label: 'other', hasTimer: false }

/** Callbacks of one dashboard that are told apart; each costs Prometheus a set of series. */
const mostNames = 100
const longestLabel = 120

/** More than the lists of large apps. */
export const mostListBytes = 512 * 1024

const listed = z.array(
  z.object({
    output: z.string(),
    inputs: z.array(z.object({ id: z.unknown(), property: z.string() })).catch([]),
  }),
)
type Listed = z.output<typeof listed>[number]

/** With `allow_duplicate` Dash puts a hash behind the property, which nobody can read. */
const withoutHash = (output: string) => output.replace(/@[0-9a-f]{32,}/g, '')

/** Ids by pattern are JSON: `{"index":["MATCH"],"type":"row"}.children`. */
const readable = (output: string) => withoutHash(output).replaceAll(/["\\]/g, '')

const inputOf = ({ inputs: [first] }: Listed): string => {
  if (!first) return ''
  const id = typeof first.id === 'string' ? first.id : JSON.stringify(first.id)
  return `< ${readable(id)}.${first.property}`
}

/** Several outputs are written `..a.children...b.figure..`; a callback without any is a mere hash. */
function outputOf({ output }: Listed): string {
  if (/^[0-9a-f]{32,}$/.test(output)) return ''
  if (!output.startsWith('..') || !output.endsWith('..')) return readable(output)
  const [first = '', ...others] = output.slice(2, -2).split('...')
  return others.length === 0 ? readable(first) : `${readable(first)} (+${others.length})`
}

function labelOf(one: Listed, isTaken: (label: string) => boolean): string {
  const output = outputOf(one)
  const label = output === '' || isTaken(output) ? `${output} ${inputOf(one)}`.trim() : output
  return label.slice(0, longestLabel) || otherCallback.label
}

function namesOf(callbacks: readonly Listed[]): Map<string, CallbackName> {
  const names = new Map<string, CallbackName>()
  const taken = new Set<string>()
  for (const one of callbacks.slice(0, mostNames)) {
    const label = labelOf(one, (wanted) => taken.has(wanted))
    taken.add(label)
    names.set(one.output, {
      label,
      hasTimer: one.inputs.some(({ property }) => property === 'n_intervals'),
    })
  }
  return names
}

/**
 * The callbacks of each dashboard as its app lists them (`_dash-dependencies`), which every page asks
 * for before its first callback.
 */
export function createCallbackNames() {
  const byDashboard = new Map<string, Map<string, CallbackName>>()
  return {
    /** @param list what an app has answered; what is no list changes nothing */
    learn(dashboard: string, list: Buffer): void {
      let value: unknown
      try {
        value = JSON.parse(list.toString('utf8'))
      } catch {
        return
      }
      const { data } = listed.safeParse(value)
      if (data) byDashboard.set(dashboard, namesOf(data))
    },

    nameOf(dashboard: string, output: string | undefined): CallbackName {
      return byDashboard.get(dashboard)?.get(output ?? '') ?? otherCallback
    },
  }
}

export type CallbackNames = ReturnType<typeof createCallbackNames>
