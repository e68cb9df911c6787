import { type ClientMetadata, type Configuration, errors } from 'oidc-provider'

import type { ProviderSettings } from './settings.ts'

/** The client that stands for a data pipeline: it acts for itself, never for a person. */
export const pipelineClientId = 'dashgate-pipeline'

/** For whom its access tokens are, and what they allow. */
export const adminAudience = 'dashgate-admin'
const adminScope = 'dashgate.admin'

/** A resource is named by a URI (RFC 8707, section 2); there is one. */
const adminResource = 'urn:dashgate:admin'

const tokenSeconds = 600

export function pipelineClients({ pipelineSecret }: ProviderSettings): ClientMetadata[] {
  if (pipelineSecret === undefined) return []
  return [
    {
      client_id: pipelineClientId,
      client_secret: pipelineSecret,
      client_name: 'Data pipeline',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ]
}

/** Access tokens of the pipeline are JWTs (RFC 9068); those of people stay opaque. */
export const pipelineFeatures: Configuration['features'] = {
  clientCredentials: { enabled: true },
  resourceIndicators: {
    enabled: true,
    // The pipeline has one resource and need not name it.
    defaultResource: (_, client) => (client.clientId === pipelineClientId ? adminResource : []),
    useGrantedResource: () => true,
    getResourceServerInfo(_, resource, client) {
      if (resource !== adminResource || client.clientId !== pipelineClientId) {
        throw new errors.InvalidTarget()
      }
      return {
        scope: adminScope,
        audience: adminAudience,
        accessTokenTTL: tokenSeconds,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }
    },
  },
}
