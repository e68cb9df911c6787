import { recordOf } from '../../view.ts'

/** Values that a component lets somebody choose; nothing where it says nothing of that. */
function choicesOf(options: unknown): unknown[] | undefined {
  if (Array.isArray(options)) {
    return options.map((one: unknown) => (typeof one === 'object' ? recordOf(one)['value'] : one))
  }
  return typeof options === 'object' && options !== null ? Object.keys(options) : undefined
}

/** A value for a component without what it does not offer any more. */
export function offered(
  props: Record<string, unknown>,
  name: string,
  wanted: unknown,
): { isWhole: boolean; value: unknown } {
  const choices = name === 'value' ? choicesOf(props['options']) : undefined
  if (choices === undefined || wanted === null || wanted === undefined) {
    return { isWhole: true, value: wanted }
  }
  // An object of options has its keys as text.
  const isOffered = (one: unknown) => choices.some((choice) => String(choice) === String(one))
  if (!Array.isArray(wanted)) return { isWhole: isOffered(wanted), value: wanted }
  const kept = wanted.filter(isOffered)
  return { isWhole: kept.length === wanted.length, value: kept }
}
