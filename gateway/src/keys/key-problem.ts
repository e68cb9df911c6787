import type { KeyRow } from './key-row.ts'
import type { OpenedRows } from './opened-keys.ts'

/** The keys in the database cannot be used; the gateway must not start. */
export class KeyFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'KeyFault'
  }
}

/** Rows that do not open while the gateway runs. */
export interface KeyProblem {
  readonly message: string
  /** Others may make things with a key that this process does not have. */
  readonly isBehind: boolean
}

const whatToDo = 'docs/operations.md says what to do, under "Keys"'
const named = (rows: readonly KeyRow[]) => rows.map(({ kid }) => kid).join(', ')

/** Why the gateway must not start: new keys in the place of these would sign everybody out. */
export function startFault(
  { keys, unknown }: OpenedRows,
  masterKeyVariable: string,
): KeyFault | undefined {
  if (unknown.length === 0) return undefined
  return new KeyFault(
    keys.length === 0
      ? `${masterKeyVariable} does not open the key rings in the database: another master key sealed them. ${whatToDo}.`
      : `${masterKeyVariable} opens the key rings in the database, but not ${named(unknown)}: changed or damaged in the table key_rings. ${whatToDo}.`,
  )
}

export function problemOf({ damaged, unknown }: OpenedRows): KeyProblem | undefined {
  if (damaged.length + unknown.length === 0) return undefined
  return {
    isBehind: unknown.length > 0,
    message: `Keys in the table key_rings do not open any more: ${named([...unknown, ...damaged])}. The gateway goes on with what it remembers, and will not start again. ${whatToDo}.`,
  }
}
