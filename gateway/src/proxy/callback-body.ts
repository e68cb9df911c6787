/** Dash's renderer writes `output` first (`actions/callbacks.ts`); other clients may do as they like. */
const beginning = Buffer.from('{"output":')

/** Longer than the ids of any callback worth a name. */
const longestOutput = 4096

const space = 0x20
const quote = 0x22
const backslash = 0x5c

/** Where a JSON string that begins at `start` ends; -1 where that is not within reach. */
function endOfString(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + longestOutput)
  for (let at = start + 1; at < limit; at += 1) {
    if (bytes[at] === backslash) at += 1
    else if (bytes[at] === quote) return at
  }
  return -1
}

function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start + 1, end)
  if (!text.includes('\\')) return text
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return undefined
  }
}

/** What a callback writes to, by the first bytes of its body; `undefined` where they do not say so. */
export function outputAtBeginning(body: Buffer): string | undefined {
  if (body.length < beginning.length) return undefined
  if (body.compare(beginning, 0, beginning.length, 0, beginning.length) !== 0) return undefined
  let start = beginning.length
  while (body[start] === space) start += 1
  if (body[start] !== quote) return undefined
  const end = endOfString(body, start)
  return end === -1 ? undefined : textOf(body, start, end)
}

const changes = Buffer.from('"changedPropIds":[')

/** More than the names of some timers that went off together. */
const longestChanges = 1024

/**
 * Whether nothing but timers has set a callback off. At first, when a page is loaded, nothing has: that
 * is no poll. Values that hold the same key as an object can lie about their own request only.
 */
export function isSetOffByTimers(body: Buffer): boolean {
  const found = body.lastIndexOf(changes)
  if (found === -1) return false
  const start = found + changes.length - 1
  const end = body.indexOf(']', start)
  if (end === -1 || end - start > longestChanges) return false
  const names = body.toString('utf8', start + 1, end)
  return names !== '' && names.split('",').every((name) => /\.n_intervals"?\s*$/.test(name))
}
