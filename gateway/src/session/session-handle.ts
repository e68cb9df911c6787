import { createHmac } from 'node:crypto'
import type { LiveSession } from './live-session.ts'

/**
 * What a page calls one of a person's sessions. Its key is the secret of the session that looks, so
 * that it names nothing anywhere else: not to an operator, not in another person's session, not in
 * the logs.
 */
export const sessionHandle = (viewer: Pick<LiveSession, 'secret'>, idHash: string): string =>
  createHmac('sha256', viewer.secret)
    .update(`dashgate session handle v1\n${idHash}`)
    .digest('base64url')
