import { isDeepStrictEqual } from 'node:util'

/** Without the fields that were not sent; those would be written as null. */
type Given<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> }

/**
 * What of the wanted values is not so already. Whoever repeats a call changes nothing, and then
 * there is nothing to write, to record or to tell the replicas.
 */
export function differences<Wanted extends object>(stored: object, wanted: Wanted): Given<Wanted> {
  const now = new Map<string, unknown>(Object.entries(stored))
  const differing = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(now.get(name), asStored(value)),
  )
  return Object.fromEntries(differing) as Given<Wanted>
}

/** As it comes back from a column of JSON: `-0`, for one, does not. */
const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

export const isEmpty = (object: object): boolean => Object.keys(object).length === 0
