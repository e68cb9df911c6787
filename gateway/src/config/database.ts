import { z } from 'zod'
import { section } from './fields.ts'

export const database = section({
  title: 'Database',
  shape: {
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/ })
      .describe(
        "Postgres URL of the gateway's own role, which owns nothing and cannot bypass row-level security.",
      ),
    DATABASE_POOL_SIZE: z.coerce
      .number()
      .int()
      .min(1)
      .default(10)
      .describe('Connections to Postgres, at most.'),
  },
})
