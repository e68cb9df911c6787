import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline'
import {
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
  type TokenCredential,
} from '@azure/identity'
import type { AzureIdentity } from '../config/azure.ts'

/**
 * For each question to whoever gives out tokens. The library has no limit of its own and keeps
 * everybody waiting for the one answer; no retries, because the next request is one.
 */
const answerMs = 2000

/**
 * The identity that Azure gives this process: a workload's on Kubernetes, else a managed one. What
 * it gives is kept by the storage client and asked for again two minutes before it ends. Where a
 * machine finds its endpoint (`IDENTITY_ENDPOINT`, `IDENTITY_HEADER` on App Service) the library
 * looks up itself.
 */
export function createAzureCredential(
  { clientId, workload }: AzureIdentity,
  ms = answerMs,
): TokenCredential {
  const options = { httpClient: impatient(ms), retryOptions: { maxRetries: 0 } }
  if (!workload) {
    return new ManagedIdentityCredential({ ...options, ...(clientId ? { clientId } : {}) })
  }
  const { tenantId, tokenFile: tokenFilePath, authorityHost } = workload
  return new WorkloadIdentityCredential({
    ...options,
    clientId: workload.clientId,
    tenantId,
    tokenFilePath,
    ...(authorityHost ? { authorityHost } : {}),
    // The authority is configured; asking the public cloud whether it is one is a way to fail.
    disableInstanceDiscovery: true,
  })
}

function impatient(ms: number): HttpClient {
  const client = createDefaultHttpClient()
  return {
    sendRequest(request) {
      request.timeout = ms
      return client.sendRequest(request)
    },
  }
}
