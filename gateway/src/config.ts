import { z } from 'zod'

/** A listener's address, written `host:port`; IPv6 hosts in brackets. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const listenAddress = z
  .string()
  .regex(
    /^(?:\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/,
    'must be host:port, for instance 127.0.0.1:8080',
  )
  .transform((value): ListenAddress => {
    const separator = value.lastIndexOf(':')
    const host = value.slice(0, separator).replace(/^\[|\]$/g, '')
    return { host, port: Number(value.slice(separator + 1)) }
  })
  .refine(({ port }) => port <= 65_535, 'must have a port of at most 65535')

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .transform((value) => new URL(value))
  .refine((url) => url.pathname === '/' && !url.search, 'must be an origin, without a path')
  .transform((url) => url.origin)

const seconds = (fallback: number, from = 1) =>
  z.coerce.number({ error: 'must be a number of seconds' }).int().min(from).default(fallback)

const masterKey = z
  .base64({ error: 'must be 32 random bytes in base64 (openssl rand -base64 32)' })
  .transform((value) => new Uint8Array(Buffer.from(value, 'base64')))
  .refine((key) => key.length === 32, 'must be 32 bytes long (openssl rand -base64 32)')
  // A key that was typed or copied from an example guards nothing (CVE-2023-27524).
  .refine((key) => new Set(key).size >= 12, 'is not random (openssl rand -base64 32)')

const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

/** Every setting: its name in the environment, its form, default and meaning. */
export const settings = z.object({
  PUBLIC_URL: origin.describe('Origin under which browsers reach the gateway.'),
  PUBLIC_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8080 })
    .describe('Listener for browsers.'),
  INTERNAL_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8081 })
    .describe('Listener for Dash apps: data API and key set. Keep it private.'),
  ADMIN_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8443 })
    .describe('Listener of the admin API (mutual TLS). Keep it private.'),
  OPS_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 9464 })
    .describe('Listener for metrics and probes. Keep it private.'),
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
  MASTER_KEY: masterKey.describe('Seals the key rings in the database: 32 random bytes in base64.'),
  OIDC_ISSUER: z.url().describe('Issuer of the OpenID provider.'),
  OIDC_CLIENT_ID: z.string().min(1).describe('Client id at the provider.'),
  OIDC_CLIENT_SECRET: z
    .string()
    .min(16, 'must have at least 16 characters')
    .describe('Client secret at the provider (RFC 10017 wants a confidential client).'),
  OIDC_SCOPES: z
    .string()
    .default('openid email offline_access')
    .describe('Scopes asked for at sign-in.'),
  INSECURE_HTTP_ISSUER: z
    .stringbool()
    .default(false)
    .describe('Allows a provider without TLS. For a demo on one machine only.'),
  CLAIM_TENANT_ID: z
    .string()
    .default('tenant_id')
    .describe("Claim with a viewer's tenant (Azure AD B2C: `extension_tenant_id`)."),
  CLAIM_ROLE: z.string().default('role').describe('Claim with the role, `viewer` or `admin`.'),
  CLAIM_EMAIL: z
    .string()
    .default('email')
    .describe('Claim with the e-mail address (Azure AD B2C: `emails`).'),
  CLAIM_TENANTS: z
    .string()
    .default('tenants')
    .describe('Claim that limits an admin to a list of tenants; absent means all.'),
  BLOB_CONNECTION_STRING: z
    .string()
    .min(1)
    .describe(
      'Connection string of the storage account that holds the containers `processed` and `uploads`.',
    ),
  ADMIN_CA_FILE: z
    .string()
    .optional()
    .describe(
      'CA (PEM) whose client certificates the admin listener accepts. Without it the admin listener stays closed.',
    ),
  ADMIN_CERT_FILE: z
    .string()
    .optional()
    .describe('Server certificate (PEM) of the admin listener.'),
  ADMIN_KEY_FILE: z.string().optional().describe('Private key (PEM) of the admin listener.'),
  ADMIN_CLIENT_SUBJECTS: commaList
    .default([])
    .describe(
      'Common names or DNS names of the client certificates that may use the admin API, separated by commas.',
    ),
  SESSION_IDLE_SECONDS: seconds(8 * 3600).describe(
    'A session ends after so many seconds without a request.',
  ),
  SESSION_ABSOLUTE_SECONDS: seconds(24 * 3600).describe(
    'A session ends at the latest so many seconds after sign-in.',
  ),
  REVOCATION_GRACE_SECONDS: seconds(30, 0).describe(
    'How long sessions known to be good go on when neither notifications nor the database can be asked.',
  ),
  UPSTREAM_TIMEOUT_SECONDS: seconds(60).describe(
    "How long an app may take to begin its answer; at least as long as the app server's own limit.",
  ),
  MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .default(64 * 1024 * 1024)
    .describe('Largest request body that is passed on to an app.'),
  WEB_DIST: z
    .string()
    .optional()
    .describe("Folder with the shell's built files; by default `web/dist` of the checkout."),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('Least severe log level that is written.'),
})

export type Config = Readonly<z.output<typeof settings>>

/** All faults of a configuration at once, one line each, with the variable's name. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    super(['The configuration has faults:', ...faults.map((fault) => `  ${fault}`)].join('\n'))
    this.name = 'ConfigError'
  }
}

const adminFiles = ['ADMIN_CA_FILE', 'ADMIN_CERT_FILE', 'ADMIN_KEY_FILE'] as const

/**
 * Reads the settings out of an environment; neither changes it nor connects to anything.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => faultOf(given, issue)))
  }
  const missing = adminFiles.filter((name) => parsed.data[name] === undefined)
  if (missing.length > 0 && missing.length < adminFiles.length) {
    throw new ConfigError(
      missing.map((name) => `${name} is missing: the admin listener needs all three files`),
    )
  }
  if (parsed.data.OIDC_ISSUER.startsWith('http:') && !parsed.data.INSECURE_HTTP_ISSUER) {
    throw new ConfigError([
      'OIDC_ISSUER must use https (INSECURE_HTTP_ISSUER=true allows http in a demo)',
    ])
  }
  return Object.freeze(parsed.data)
}

/** Names the variable and what is wrong with it, never its value: it may be a secret. */
function faultOf(given: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0])
  return given[name] === undefined ? `${name} is missing` : `${name} ${issue.message}`
}
