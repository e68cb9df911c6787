import type { ZodOpenApiObject } from 'zod-openapi'
import type { AdminAuth } from './operator.ts'

/** How callers prove who they are, as far as they must be told. */
export interface ApiAccess {
  readonly auth: AdminAuth
  /** Where the issuer of access tokens describes itself (OpenID Connect Discovery 1.0). */
  readonly discoveryUrl: string
  readonly audience: string | undefined
  readonly role: string
}

const certificate = { clientCertificate: [] as string[] }

/** The requirements of the mode; a caller must meet one of them whole. */
function requirementsOf({ auth, role }: ApiAccess): Record<string, string[]>[] {
  const token = { clientCredentials: [role] }
  return {
    certificate: [certificate],
    token: [token],
    either: [certificate, token],
    both: [{ ...certificate, ...token }],
  }[auth]
}

/** `security` and its schemes, with those alone that the mode asks for. */
export function describeAccess(access: ApiAccess) {
  const security = requirementsOf(access)
  const audience = access.audience === undefined ? '' : ` for \`${access.audience}\``
  const schemes = {
    clientCertificate: {
      type: 'mutualTLS',
      description: 'A client certificate whose common name or DNS name is on the list.',
    },
    clientCredentials: {
      type: 'openIdConnect',
      openIdConnectUrl: access.discoveryUrl,
      description: `An access token${audience} of the client-credentials grant (RFC 6749, section 4.4).`,
    },
  } as const satisfies NonNullable<ZodOpenApiObject['components']>['securitySchemes']
  const named = new Set(security.flatMap((requirement) => Object.keys(requirement)))
  return {
    security,
    securitySchemes: Object.fromEntries(
      Object.entries(schemes).filter(([name]) => named.has(name)),
    ),
  }
}
