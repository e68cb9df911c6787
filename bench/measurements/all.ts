import type { Measurement } from '../measurement.ts'
import { cpu } from './cpu.ts'
import { firstLoad } from './first-load.ts'
import { latency } from './latency.ts'
import { processes } from './processes.ts'
import { sockets } from './sockets.ts'
import { stream } from './stream.ts'
import { tenants } from './tenants.ts'
import { throughput } from './throughput.ts'

/** In the order in which they run and are printed. */
export const measurements: readonly Measurement[] = [
  cpu,
  throughput,
  latency,
  firstLoad,
  stream,
  sockets,
  tenants,
  processes,
]
