import type { Readable } from 'node:stream'

/**
 * Waits until a server writes a text, and goes on reading after that: a server whose pipe is full stops
 * in the middle of whatever it does.
 *
 * @throws with all that it wrote when it ends before
 */
export function untilItSays(text: string, output: Readable, server: string): Promise<void> {
  let log = ''
  let isReady = false
  return new Promise((resolve, reject) => {
    output.on('data', (chunk: Buffer) => {
      if (isReady) return
      log += chunk.toString()
      isReady = log.includes(text)
      if (isReady) resolve()
    })
    output.once('end', () => reject(new Error(`${server} did not start:\n${log}`)))
  })
}
