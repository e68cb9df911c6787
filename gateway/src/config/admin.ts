import { z } from 'zod'
import { commaList, listenAddress, section } from './fields.ts'

const tlsFiles = ['ADMIN_CERT_FILE', 'ADMIN_KEY_FILE'] as const
const forCertificates = ['ADMIN_CA_FILE', 'ADMIN_CLIENT_SUBJECTS'] as const
const forTokens = ['ADMIN_TOKEN_AUDIENCE'] as const

const neededBy = {
  certificate: [...tlsFiles, ...forCertificates],
  token: [...tlsFiles, ...forTokens],
  either: [...tlsFiles, ...forCertificates, ...forTokens],
  both: [...tlsFiles, ...forCertificates, ...forTokens],
} as const

const shape = {
  ADMIN_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8443 })
    .describe('Listener of the admin API, always with TLS. Keep it private.'),
  ADMIN_CERT_FILE: z
    .string()
    .optional()
    .describe(
      'Server certificate (PEM) of the admin listener. Without it and without the other files and the audience below, the admin listener stays closed.',
    ),
  ADMIN_KEY_FILE: z.string().optional().describe('Private key (PEM) of the admin listener.'),
  ADMIN_AUTH: z
    .enum(['certificate', 'token', 'either', 'both'])
    .default('certificate')
    .describe(
      'How a caller of the admin API proves who it is: `certificate` (mutual TLS), `token` (access token of the client-credentials grant), `either` of them, or `both`.',
    ),
  ADMIN_CA_FILE: z
    .string()
    .optional()
    .describe('CA (PEM) whose client certificates the admin API accepts.'),
  ADMIN_CLIENT_SUBJECTS: commaList
    .default([])
    .describe(
      'Common names or DNS names of the client certificates that may use the admin API, separated by commas.',
    ),
  ADMIN_TOKEN_ISSUER: z
    .url()
    .optional()
    .describe(
      'Issuer of the access tokens that the admin API accepts. Default: the one of `OIDC_ISSUER`.',
    ),
  ADMIN_TOKEN_DISCOVERY_URL: z
    .url()
    .optional()
    .describe(
      "Address of that issuer's document where it does not lie below `ADMIN_TOKEN_ISSUER`. Default: `<ADMIN_TOKEN_ISSUER>/.well-known/openid-configuration`.",
    ),
  ADMIN_TOKEN_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .describe('Audience (`aud`) that an access token for the admin API must have.'),
  ADMIN_TOKEN_ROLE: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one word (RFC 6749, section 3.3)')
    .default('dashgate.admin')
    .describe('What `roles`, `scope` or `scp` of the access token must hold.'),
  ADMIN_TOKEN_CLIENTS: commaList
    .default([])
    .describe(
      'Ids of the clients whose access tokens may use the admin API, separated by commas; none named means every client that has the role.',
    ),
  ADMIN_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .default(600)
    .describe(
      'Requests that one operator may send to one gateway process in a minute; then 429. Refused callers have at most 60 for each address.',
    ),
}

type Values = z.output<z.ZodObject<typeof shape>>

/** Settings of the provider that those of the admin API's tokens fall back on. */
interface ProviderValues {
  readonly OIDC_ISSUER: string
  readonly OIDC_DISCOVERY_URL?: string | undefined
  readonly INSECURE_HTTP_ISSUER: boolean
}

/** Where the issuer of access tokens describes itself. */
export function discoveryUrlOf(values: Values & ProviderValues): string {
  const { ADMIN_TOKEN_ISSUER, ADMIN_TOKEN_DISCOVERY_URL, OIDC_ISSUER, OIDC_DISCOVERY_URL } = values
  const isOwn = ADMIN_TOKEN_ISSUER !== undefined && ADMIN_TOKEN_ISSUER !== OIDC_ISSUER
  const issuer = ADMIN_TOKEN_ISSUER ?? OIDC_ISSUER
  return (
    ADMIN_TOKEN_DISCOVERY_URL ??
    (isOwn ? undefined : OIDC_DISCOVERY_URL) ??
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  )
}

const isSet = (value: unknown) =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== ''

/** What opens the listener; then all that its way to authenticate needs must be there. */
const isOpened = (values: Values) =>
  [...tlsFiles, 'ADMIN_CA_FILE' as const, ...forTokens].some((name) => isSet(values[name]))

export const admin = section<typeof shape, ProviderValues>({
  title: 'Admin API',
  shape,
  check: (values) => [
    ...(isOpened(values) ? neededBy[values.ADMIN_AUTH] : [])
      .filter((name) => !isSet(values[name]))
      .map(
        (name) =>
          `${name} is missing: the admin listener needs it with ADMIN_AUTH=${values.ADMIN_AUTH}`,
      ),
    ...(['ADMIN_TOKEN_ISSUER', 'ADMIN_TOKEN_DISCOVERY_URL'] as const)
      .filter((name) => values[name]?.startsWith('http:') && !values.INSECURE_HTTP_ISSUER)
      .map((name) => `${name} must use https (INSECURE_HTTP_ISSUER=true allows http in a demo)`),
  ],
})
