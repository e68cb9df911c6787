import { z } from 'zod'
import { section } from './fields.ts'

/** Label names of Prometheus and Loki; those that begin with two underscores are their own. */
const labelName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

/** Loki reads labels as text in quotes, and winston-loki escapes none. */
const labelValue = /^[^"\\{},=\s]{1,100}$/

const labelsForm = 'must be name=value pairs with commas between, as env=production,region=eu'

const isLabel = ([name = '', value = '', ...more]: readonly string[]) =>
  more.length === 0 && labelName.test(name) && labelValue.test(value)

const labels = z
  .string()
  .default('')
  .transform((text, context): Readonly<Record<string, string>> => {
    const pairs = text.split(',').filter((pair) => pair.trim() !== '')
    const entries = pairs.map((pair) => pair.trim().split('='))
    if (entries.length <= 10 && entries.every(isLabel))
      return Object.fromEntries(entries) as Record<string, string>
    context.addIssue({ code: 'custom', message: labelsForm })
    return z.NEVER
  })

const shape = {
  METRICS_MAX_TENANTS: z.coerce
    .number({ error: 'must be a number of tenants' })
    .int()
    .min(0)
    .max(100_000)
    .default(500)
    .describe(
      'Tenants whose requests are counted each for itself: the first that come, in each process. The others are counted together, as tenant_id `other`. Each costs some fifty series of Prometheus for each dashboard that it uses.',
    ),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least severe log level that is written.'),
  LOG_PII: z
    .enum(['full', 'hash', 'none'])
    .default('full')
    .describe(
      'E-mail addresses in the log: as they are; as a hash under `LOG_PII_KEY`, the same for the same address; or not at all. `sub` stays, so that the lines of one person can be found. The audit log is not changed by it.',
    ),
  LOG_PII_KEY: z
    .string()
    .min(16, 'must have at least 16 characters')
    .optional()
    .describe(
      'Secret under which e-mail addresses are hashed (`LOG_PII=hash`): without it anybody could try addresses. The same for all replicas.',
    ),
  LOKI_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .transform((value) => value.replace(/\/+$/, ''))
    .refine((value) => {
      const { username, password, search, hash } = new URL(value)
      return [username, password, search, hash].every((part) => part === '')
    }, 'must have no user, no query and no fragment')
    .optional()
    .describe(
      'Loki that gets the log as well, without `/loki/api/v1/push`. It is written to standard output in any case.',
    ),
  LOKI_USERNAME: z.string().optional().describe('User of Loki, for basic authentication.'),
  LOKI_PASSWORD: z.string().optional().describe('Password of that user.'),
  LOKI_ORG_ID: z
    .string()
    .regex(/^[\w!.*'()-]{1,150}$/, 'must be an id of Loki')
    .optional()
    .describe("Loki's own tenant (`X-Scope-OrgID`), where it has several."),
  LOKI_LABELS: labels.describe(
    'Labels beside `job=dashgate` and `level`, as `env=production,region=eu`. What differs from line to line is no label: it is in the line.',
  ),
  LOKI_FORMAT: z
    .enum(['protobuf', 'json'])
    .default('protobuf')
    .describe('How lines are sent: compressed protobuf, or JSON for what stands in for Loki.'),
  LOKI_QUEUE_BYTES: z.coerce
    .number({ error: 'must be a number of bytes' })
    .int()
    .min(65_536)
    .default(16 * 1024 * 1024)
    .describe(
      'Lines that wait for Loki, in each process. What is over it is dropped and counted (`dashgate_log_lines_dropped_total`).',
    ),
}

export const observability = section<typeof shape>({
  title: 'Metrics and logs',
  shape,
  check: ({ LOG_PII, LOG_PII_KEY, LOKI_USERNAME, LOKI_PASSWORD }) => [
    ...(LOG_PII === 'hash' && LOG_PII_KEY === undefined
      ? ['LOG_PII_KEY is missing: LOG_PII is hash']
      : []),
    ...((LOKI_USERNAME === undefined) === (LOKI_PASSWORD === undefined)
      ? []
      : ['LOKI_USERNAME and LOKI_PASSWORD go together']),
  ],
})
