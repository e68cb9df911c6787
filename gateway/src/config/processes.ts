import { z } from 'zod'
import { section } from './fields.ts'

export const processes = section({
  title: 'Processes',
  shape: {
    GATEWAY_PROCESSES: z
      .union([z.literal('auto'), z.coerce.number().int().min(1).max(256)], {
        error: 'must be a number of processes, or auto',
      })
      .default(1)
      .describe(
        'Processes that share the listeners; `auto` for one on each core. They share `DATABASE_POOL_SIZE`. Limits count in each of them, as with replicas.',
      ),
  },
})
