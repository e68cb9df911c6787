import type { Duplex } from 'node:stream'

/** Close codes that Dash's worker knows: it comes back after 1012, and stays away after 4001. */
export const closeCodes = { serviceRestart: 1012, sessionEnded: 4001, goingAway: 1001 } as const

/** An unmasked close frame (RFC 6455 §5.5.1), as a server sends it. */
export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, 123)
  const frame = Buffer.alloc(4 + text.length)
  frame[0] = 0x88
  frame[1] = 2 + text.length
  frame.writeUInt16BE(code, 2)
  text.copy(frame, 4)
  return frame
}

/** How long a client has to answer a close frame before its connection is cut. */
const closeWaitMs = 1000

/**
 * Ends a tunnel from our side: the app's end is cut first, so that nothing follows the close frame.
 */
export function closeTunnel(client: Duplex, upstream: Duplex, code: number, reason: string): void {
  upstream.unpipe(client)
  client.unpipe(upstream)
  upstream.destroy()
  if (client.writable) client.end(closeFrame(code, reason))
  setTimeout(() => client.destroy(), closeWaitMs).unref()
}

/**
 * Ends a tunnel as a whole when one end of it hangs up: what the other one does not close by itself
 * would hold two descriptors, and a place among the streams of its user.
 */
export function closeWithEither(client: Duplex, upstream: Duplex): void {
  const closeSoon = () =>
    setTimeout(() => {
      client.destroy()
      upstream.destroy()
    }, closeWaitMs).unref()
  for (const end of [client, upstream]) end.once('end', closeSoon).once('close', closeSoon)
}
