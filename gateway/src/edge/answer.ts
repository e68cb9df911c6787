import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'

/**
 * Whether an answer has left in full. An HTTP/2 stream that was reset counts as finished for node,
 * too, though nobody had ended it.
 */
export const hasLeft = ({ writableEnded, writableFinished }: ServerResponse): boolean =>
  writableEnded && writableFinished

/** Whether nobody is there any more for an answer; one of HTTP/2 does not say so itself. */
export const isGone = (outgoing: ServerResponse): boolean =>
  (outgoing as unknown as Partial<Http2ServerResponse>).stream?.destroyed ?? outgoing.destroyed

/**
 * Breaks an answer off so that half of it never looks like a whole one. Without an error HTTP/2 ends
 * the stream with END_STREAM or NO_ERROR, which is the end of the body to a client (measured with
 * Node 24).
 */
export const breakOff = (outgoing: ServerResponse): void =>
  void outgoing.destroy(new Error('the answer was broken off'))

/**
 * Breaks an answer off that nobody may have any more. What the kernel holds for a client that reads
 * slowly would still be delivered, megabytes of it (measured): a reset drops it. A connection of
 * HTTP/2 is shared by others, and node resets none with TLS.
 */
export function cutOff(outgoing: ServerResponse): void {
  const { socket } = outgoing
  if (socket && !('stream' in outgoing) && !('encrypted' in socket)) socket.resetAndDestroy()
  breakOff(outgoing)
}
