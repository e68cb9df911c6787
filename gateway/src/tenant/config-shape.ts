import { isObject } from './config-merge.ts'

/** One place in a config that does not fit, and why. */
export interface ConfigFault {
  readonly path: readonly string[]
  readonly message: string
}

/** What somebody may choose in a filter. */
type Scalar = string | number | boolean

const mostOptions = 1000
const isScalar = (value: unknown): value is Scalar =>
  ['string', 'number', 'boolean'].includes(typeof value)

const fault = (path: readonly string[], message: string): ConfigFault[] => [{ path, message }]

function eachEntry(
  value: unknown,
  path: readonly string[],
  check: (one: unknown, path: readonly string[]) => ConfigFault[],
): ConfigFault[] {
  if (value === undefined) return []
  if (!isObject(value)) return fault(path, 'must be an object')
  return Object.entries(value).flatMap(([name, one]) => check(one, [...path, name]))
}

/**
 * Whether the parts that the gateway and the helper library know have their form: `filters`,
 * `visible` and `shell`. Everything else belongs to the app.
 */
export function shapeFaults(config: Readonly<Record<string, unknown>>): ConfigFault[] {
  return [
    ...eachEntry(config['filters'], ['filters'], filterFaults),
    ...eachEntry(config['visible'], ['visible'], (value, path) =>
      typeof value === 'boolean' ? [] : fault(path, 'must be true or false'),
    ),
    ...eachEntry(config['shell'], ['shell'], shellFaults),
  ]
}

function filterFaults(filter: unknown, path: readonly string[]): ConfigFault[] {
  if (!isObject(filter)) return fault(path, 'must be an object with default, options, or both')
  // A misspelt `options` would be no restriction at all.
  const unknown = Object.keys(filter).find((name) => name !== 'default' && name !== 'options')
  if (unknown !== undefined) return fault([...path, unknown], 'must be default or options')
  const { options, default: chosen } = filter
  const inOptions = options === undefined ? [] : optionsFaults(options, [...path, 'options'])
  if (inOptions.length > 0 || chosen === undefined) return inOptions
  return defaultFaults(chosen, options as Scalar[] | undefined, [...path, 'default'])
}

function optionsFaults(options: unknown, path: readonly string[]): ConfigFault[] {
  if (!Array.isArray(options) || options.length === 0 || options.length > mostOptions) {
    return fault(path, `must be a list of 1 to ${mostOptions} values`)
  }
  const odd = options.findIndex((one) => !isScalar(one))
  if (odd >= 0) return fault([...path, `${odd}`], 'must be a text, a number, or true or false')
  if (new Set(options).size < options.length) return fault(path, 'must not name a value twice')
  return []
}

/** A default is one value, or a list for a filter in which several can be chosen. */
function defaultFaults(
  chosen: unknown,
  options: readonly Scalar[] | undefined,
  path: readonly string[],
): ConfigFault[] {
  const values: unknown[] = Array.isArray(chosen) ? chosen : [chosen]
  if (!values.every(isScalar))
    return fault(path, 'must be a value of the filter, or a list of them')
  const allowed = options && new Set(options)
  return allowed && !values.every((value) => allowed.has(value))
    ? fault(path, 'must be one of the options of its filter')
    : []
}

/** No control, format or private-use characters: what the shell shows to people. */
const printable = /^\P{C}*$/u
const limits: Readonly<Record<string, readonly [least: number, most: number]>> = {
  title: [1, 100],
  description: [0, 500],
}

function shellFaults(value: unknown, path: readonly string[]): ConfigFault[] {
  const limit = Object.hasOwn(limits, path[1] ?? '') ? limits[path[1] ?? ''] : undefined
  if (limit === undefined) return fault(path, 'must be title or description')
  const [least, most] = limit
  const fits =
    typeof value === 'string' &&
    value.trim().length >= least &&
    value.length <= most &&
    printable.test(value)
  return fits ? [] : fault(path, `must be ${least} to ${most} printable characters`)
}
