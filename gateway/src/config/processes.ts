import { z } from 'zod'
import { seconds, section } from './fields.ts'

export const processes = section({
  title: 'Processes and their end',
  shape: {
    GATEWAY_PROCESSES: z
      .union([z.literal('auto'), z.coerce.number().int().min(1).max(256)], {
        error: 'must be a number of processes, or auto',
      })
      .default(1)
      .describe(
        'Processes that share the listeners; `auto` for one on each core. They share `DATABASE_POOL_SIZE`. Limits count in each of them, as with replicas.',
      ),
    SHUTDOWN_DELAY_SECONDS: seconds(5, 0).describe(
      'After SIGTERM: how long the gateway still takes requests though it says that it is not ready, so that a balancer looks elsewhere first; longer than that takes. WebSockets are closed at some moment of this time each. Without effect on SIGINT.',
    ),
    SHUTDOWN_GRACE_SECONDS: seconds(10, 0).describe(
      'How long requests that are under way may then take to end. The process exits at most five seconds later.',
    ),
  },
})
