/** A command of the gate; a run of tests also says where it writes its numbers. */
export interface Check {
  name: string
  file: string
  args: readonly string[]
  /** The only test files of it to run; all without. */
  files?: readonly string[]
  cwd?: string
  report?: Report
  /** What it measured is shown also when it passed. */
  isMeasuring?: boolean
  /** Test files of it that failed are run once more, when nothing runs beside them. */
  isRunAgain?: boolean
}

export interface Report {
  file: string
  format: 'vitest' | 'pytest'
}

/** What runs in which order: one after the other, then lanes side by side, then one by one again. */
export interface Plan {
  readonly first: readonly Check[]
  readonly lanes: readonly (readonly Check[])[]
  /** What takes long, and measures: it has the machine for itself, and runs only when asked for. */
  readonly long: readonly Check[]
}
