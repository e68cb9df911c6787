import type { Measurement } from '../measurement.ts'
import { cpu } from './cpu.ts'
import { latency } from './latency.ts'
import { throughput } from './throughput.ts'

/** In the order in which they run and are printed. */
export const measurements: readonly Measurement[] = [cpu, throughput, latency]
