import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const collectAfter = 8 * 1024 * 1024

let collect: NodeJS.GCFunction | undefined
let passedOn = 0

/** V8 has a function for it, which shows itself only to a context that is made with this flag. */
function minorCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  return gc
}

/**
 * Gives back the memory of chunks that have been passed on, some megabytes at a time and for all
 * streams of the process together. Each read from a socket has 64 KiB of its own outside the heap,
 * and V8 lets 64 MiB of it pile up before it walks through the whole heap. To send 2 GiB cost
 * 98 MiB of memory and 4.6 s of CPU without this, 30 MiB and 3.1 s with it (measured).
 */
export function chunkPassedOn(bytes: number): void {
  passedOn += bytes
  if (passedOn < collectAfter) return
  passedOn = 0
  collect ??= minorCollector()
  collect({ type: 'minor' })
}
