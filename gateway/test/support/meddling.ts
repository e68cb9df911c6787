/**
 * Loaded into a gateway process before anything else (`node --import`): SIGUSR2 makes happen there
 * what `MEDDLE` names, which no request can provoke.
 */
import { readFileSync } from 'node:fs'

const RealDate = Date
let clockIsAheadByMs = 0

/** Shows another time once somebody has set the machine's clock; what is monotonic goes on, as it does then. */
globalThis.Date = class extends RealDate {
  constructor(...args: unknown[]) {
    super(...((args.length === 0 ? [RealDate.now() + clockIsAheadByMs] : args) as [number]))
  }
  static override now(): number {
    return RealDate.now() + clockIsAheadByMs
  }
} as DateConstructor

const meddle: Readonly<Record<string, () => void>> = {
  'a rejection that nobody handles': () => void Promise.reject(new Error('meddled: rejected')),
  'an exception that nobody catches': () => {
    throw new Error('meddled: thrown')
  },
  // By so many milliseconds as the file says at that moment.
  'the clock': () => {
    clockIsAheadByMs = Number(readFileSync(process.env['MEDDLE_CLOCK'] ?? '', 'utf8'))
  },
}

process.on('SIGUSR2', () => {
  meddle[process.env['MEDDLE'] ?? '']?.()
  process.stderr.write(`meddled with ${process.env['MEDDLE']}, ${clockIsAheadByMs} ms ahead\n`)
})
