import { z } from 'zod'
import { section } from './fields.ts'

export const observability = section({
  title: 'Metrics and logs',
  shape: {
    METRICS_MAX_TENANTS: z.coerce
      .number({ error: 'must be a number of tenants' })
      .int()
      .min(0)
      .max(100_000)
      .default(500)
      .describe(
        'Tenants whose requests are counted each for itself: the first that come, in each process. The others are counted together, as tenant_id `other`. Each costs some fifty series of Prometheus for each dashboard that it uses.',
      ),
  },
})
