import type { Duplex } from 'node:stream'
import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { importanceOf } from './importance.ts'
import type { LimitsByTenant } from './limits.ts'
import { userKey } from './request-limit.ts'
import type { Streams } from './streams.ts'
import type { Turns } from './turns.ts'
import type { Asker, Release } from './asker.ts'

/** An answer that is still being sent after this long is a stream, and needs no turn of the app. */
const longAnswerMs = 5000

/** A request that an app works at. */
export interface Work {
  /** The app has begun to answer. */
  answering(): void
  /** The answer has left, or there will be none. */
  end(): void
}

export interface WorkOptions {
  readonly turns: Turns
  readonly streams: Streams
  /** Bodies that are still coming, which hold no turn yet; as many as of streams. */
  readonly arrivals: Streams
  readonly limitsOf: LimitsByTenant
}

/** How much may a tenant and its people have under way in the apps? */
export function createWorkLimits({ turns, streams, arrivals, limitsOf }: WorkOptions) {
  function askerOf(c: Context<GatewayEnv>): Asker {
    const tenantId = c.get('tenant').id
    return {
      tenantId,
      user: userKey(c.get('session').principal),
      limits: limitsOf(tenantId),
      importance: importanceOf(c.get('target')),
    }
  }

  return {
    /**
     * Waits for a turn of the dashboard's app.
     *
     * @throws {GatewayError} 429 when there is none in time; nothing was asked of the app then
     */
    async begin(c: Context<GatewayEnv>, signal: AbortSignal): Promise<Work> {
      const asker = askerOf(c)
      let release = await turns.take(c.get('dashboard').appUrl, asker, signal)
      let timer: NodeJS.Timeout | undefined
      return {
        answering() {
          timer = setTimeout(() => {
            const stream = streams.openIfRoom(asker)
            if (!stream) return
            release()
            release = stream
          }, longAnswerMs)
        },
        end() {
          clearTimeout(timer)
          release()
        },
      }
    },

    /** Counts a body that has not come yet. @throws {GatewayError} 429 */
    expectBody: (c: Context<GatewayEnv>): Release => arrivals.open(askerOf(c)),

    /** Counts a WebSocket until its connection is closed. @throws {GatewayError} 429 */
    countSocket(c: Context<GatewayEnv>, connection: Duplex): void {
      const release = streams.open(askerOf(c))
      if (connection.destroyed) release()
      else connection.once('close', release)
    },
  }
}

export type WorkLimits = ReturnType<typeof createWorkLimits>
