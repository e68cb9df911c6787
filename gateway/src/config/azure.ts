import { z } from 'zod'
import { section } from './fields.ts'

const words = 'must be the id that Azure shows, letters, digits and hyphens'
const id = z.string().regex(/^[0-9A-Za-z.-]+$/, words)

/** The names are those under which Azure itself sets them (workload identity on Kubernetes). */
export const azure = section({
  title: 'Identity in Azure',
  shape: {
    AZURE_CLIENT_ID: id
      .optional()
      .describe(
        'Client id of the user-assigned managed identity or of the workload identity. Without it the system-assigned identity is used.',
      ),
    AZURE_TENANT_ID: id
      .optional()
      .describe('Directory of the workload identity; set by its webhook.'),
    AZURE_FEDERATED_TOKEN_FILE: z
      .string()
      .optional()
      .describe(
        'File with the token of the service account; set by the webhook of workload identity. With it the gateway signs in as a workload, otherwise as a managed identity.',
      ),
    AZURE_AUTHORITY_HOST: z
      .url({ protocol: /^https$/, error: 'must be an https URL' })
      .optional()
      .describe('Where workloads sign in; set by the webhook. Default: the public cloud.'),
  },
  check(values) {
    if (values.AZURE_FEDERATED_TOKEN_FILE === undefined) return []
    return (['AZURE_CLIENT_ID', 'AZURE_TENANT_ID'] as const)
      .filter((name) => values[name] === undefined)
      .map((name) => `${name} is missing: AZURE_FEDERATED_TOKEN_FILE goes with it`)
  },
})

type Values = z.output<z.ZodObject<typeof azure.shape>>

/** As whom the gateway signs in to Azure when no key is configured. */
export interface AzureIdentity {
  readonly clientId: string | undefined
  /** Of a workload on Kubernetes; without it Azure gives the machine an identity. */
  readonly workload:
    | {
        readonly clientId: string
        readonly tenantId: string
        readonly tokenFile: string
        readonly authorityHost: string | undefined
      }
    | undefined
}

export function azureIdentity(values: Values): AzureIdentity {
  const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenantId } = values
  const tokenFile = values.AZURE_FEDERATED_TOKEN_FILE
  if (clientId === undefined || tenantId === undefined || tokenFile === undefined) {
    return { clientId, workload: undefined }
  }
  const authorityHost = values.AZURE_AUTHORITY_HOST
  return { clientId, workload: { clientId, tenantId, tokenFile, authorityHost } }
}
