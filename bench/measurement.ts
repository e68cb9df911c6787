import type { Bar } from './bars.ts'
import type { Bench } from './bench.ts'

/** One line of the table. */
export interface Figure {
  readonly name: string
  /** What stands after the number; nothing for a ratio. */
  readonly unit: string
  /** The median of the rounds; undefined where it could not be measured. */
  readonly value: number | undefined
  readonly rounds: readonly number[]
  readonly bar?: Bar
  /** Medians of what the figure is made of, and how it was got. */
  readonly details: Readonly<Record<string, number | string>>
}

export interface Measurement {
  /** Chosen by a part of it: `npm run bench -- <part>`. */
  readonly name: string
  /** @throws when an answer is not what it must be */
  run(bench: Bench): Promise<readonly Figure[]>
}
