import type { Bar } from './bars.ts'
import type { Figure } from './measurement.ts'
import { median } from './percentile.ts'

/** Does the work so often, and returns what each round came to. */
export async function inRounds<T>(
  count: number,
  work: (round: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = []
  for (let round = 0; round < count; round += 1) results.push(await work(round))
  return results
}

interface FigureOptions {
  readonly name: string
  readonly unit?: string
  readonly bar?: Bar
  readonly details?: Figure['details']
}

/** A figure whose ratio or difference was taken within each round, so that what slows all alike cancels out. */
export function figure(
  { name, unit = '', bar, details = {} }: FigureOptions,
  rounds: readonly number[],
): Figure {
  return { name, unit, value: median(rounds), rounds, ...(bar ? { bar } : {}), details }
}
