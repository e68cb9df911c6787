import { z } from 'zod'
import { listenAddress, origin } from '../config/fields.ts'

/** Stable in URLs and rows, as `tenant/slug.ts` has it; said again, since the canary believes nothing of the gateway. */
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a tenant id')

/** Plain letters and digits, which no JSON, HTML or URL writes in another way. */
const mark = z
  .string()
  .regex(/^[a-z0-9-]{8,64}$/, 'must be 8 to 64 lower-case letters, digits or hyphens')

const canaryTenant = z.strictObject({
  id: slug,
  mark,
  login: z.string().min(1),
  password: z.string().min(1),
})

/** A tenant that nobody works for; its data, and nothing else anywhere, hold its mark. */
export type CanaryTenant = z.output<typeof canaryTenant>

export const canaryTenants = z
  .tuple([canaryTenant, canaryTenant])
  .refine(areTold, 'no id or mark may be part of another one')

function areTold(tenants: readonly CanaryTenant[]): boolean {
  const [left = [], right = []] = tenants.map(({ id, mark: own }) => [id, own])
  return left.every((one) => right.every((two) => !one.includes(two) && !two.includes(one)))
}

const environment = z.object({
  PUBLIC_URL: origin,
  DASHGATE_INTERNAL_URL: origin,
  CANARY_TENANTS_FILE: z.string().min(1),
  CANARY_REPORT_DIR: z.string().min(1),
  CANARY_LISTEN: listenAddress.prefault('127.0.0.1:9465'),
  CANARY_APP_LISTEN: listenAddress.prefault('127.0.0.1:9466'),
  CANARY_APP_SLUG: slug.default('isolation-canary'),
  CANARY_INTERVAL_SECONDS: z.coerce.number().int().min(5).max(86_400).default(300),
  CANARY_SIGN_IN_COMMAND: z.string().min(1).optional(),
})

export type CanarySettings = Omit<z.output<typeof environment>, 'CANARY_TENANTS_FILE'> & {
  readonly tenants: readonly [CanaryTenant, CanaryTenant]
}

/** One line for each variable that is wrong; the text of a secret is in none of them. */
export class CanarySettingsError extends Error {}

export function readSettings(
  variables: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): CanarySettings {
  const { CANARY_TENANTS_FILE, ...settings } = parse(environment, variables, '')
  const tenants = parse(
    canaryTenants,
    readJson(CANARY_TENANTS_FILE, readFile),
    'CANARY_TENANTS_FILE ',
  )
  return { ...settings, tenants }
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix: string) {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(
    ({ path, message }) => `${prefix}${path.join('.')}: ${message}`,
  )
  throw new CanarySettingsError(lines.join('\n'))
}

function readJson(path: string, readFile: (path: string) => string): unknown {
  try {
    return JSON.parse(readFile(path))
  } catch (error) {
    // What JSON.parse says quotes the text, which holds passwords.
    const why = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).message
    throw new CanarySettingsError(`CANARY_TENANTS_FILE: ${why}`)
  }
}
