import { z } from 'zod'
import { azureIdentity, type AzureIdentity } from './azure.ts'
import { section } from './fields.ts'

const connectionForms = [
  /^UseDevelopmentStorage=true;?$/,
  /(^|;)AccountName=[^;]+;(.*;)?AccountKey=/,
  /(^|;)AccountKey=[^;]+;(.*;)?AccountName=/,
  /(^|;)SharedAccessSignature=/,
]

/** An account, or an emulator's account in the path; a signature in the query is no address. */
const isAccountUrl = (url: string): boolean => {
  const { pathname, search, hash, username } = new URL(url)
  return /^\/[a-z0-9]*\/?$/.test(pathname) && !search && !hash && !username
}

const ways = ['BLOB_CONNECTION_STRING', 'BLOB_ACCOUNT_URL', 'DATA_FOLDER'] as const

const shape = {
  BLOB_CONNECTION_STRING: z
    .string()
    .refine(
      (value) => connectionForms.some((form) => form.test(value)),
      'must be a connection string with AccountName and AccountKey, or with SharedAccessSignature',
    )
    .optional()
    .describe(
      'Connection string of the storage account that holds the container `processed`. Set this one, `BLOB_ACCOUNT_URL` or `DATA_FOLDER`.',
    ),
  BLOB_ACCOUNT_URL: z
    .url({ protocol: /^https$/, error: 'must be an https URL' })
    .refine(isAccountUrl, 'must be the address of the account alone: https://<account>.blob…')
    .optional()
    .describe(
      'Address of the storage account, for instance `https://<account>.blob.core.windows.net`. Without `BLOB_ACCOUNT_KEY` the gateway signs in with the identity that Azure gives it.',
    ),
  BLOB_ACCOUNT_KEY: z
    .base64({ error: 'must be a key of the account in base64' })
    .optional()
    .describe('Key of the account at `BLOB_ACCOUNT_URL`, where there is no identity.'),
  DATA_FOLDER: z
    .string()
    .optional()
    .describe(
      'Folder that holds `<tenant>/<dataset>.parquet`, in place of a storage account. For development: only where `PUBLIC_URL` is on localhost.',
    ),
}

type Values = z.output<z.ZodObject<typeof shape>>

export const storage = section<typeof shape, { PUBLIC_URL: string }>({
  title: 'Storage of the datasets',
  shape,
  check(values) {
    const chosen = ways.filter((name) => values[name] !== undefined)
    return [
      ...(chosen.length === 0
        ? [`${ways[0]} is missing: set ${ways.join(' or ')}, exactly one of them`]
        : []),
      ...(chosen.length > 1 ? [`${chosen.join(' and ')} are set: exactly one of them may be`] : []),
      ...(values.BLOB_ACCOUNT_KEY !== undefined && values.BLOB_ACCOUNT_URL === undefined
        ? ['BLOB_ACCOUNT_URL is missing: BLOB_ACCOUNT_KEY goes with it']
        : []),
      ...(values.DATA_FOLDER !== undefined && !isOnThisMachine(values.PUBLIC_URL)
        ? ['DATA_FOLDER is for development: it goes only with a PUBLIC_URL on localhost']
        : []),
    ]
  },
})

const isOnThisMachine = (url: string | undefined): boolean =>
  /^(?:localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/.test(URL.parse(url ?? '')?.hostname ?? '')

/** Where the datasets lie, and as whom the gateway reads them. */
export type StorageSource =
  | { readonly folder: string }
  | { readonly connectionString: string }
  | { readonly accountUrl: string; readonly accountKey: string }
  | { readonly accountUrl: string; readonly identity: AzureIdentity }

export function storageSource(values: Values & Parameters<typeof azureIdentity>[0]): StorageSource {
  const { BLOB_CONNECTION_STRING: connectionString, BLOB_ACCOUNT_KEY: accountKey } = values
  if (connectionString !== undefined) return { connectionString }
  if (values.DATA_FOLDER !== undefined) return { folder: values.DATA_FOLDER }
  const accountUrl = values.BLOB_ACCOUNT_URL?.replace(/\/$/, '') ?? ''
  if (accountKey !== undefined) return { accountUrl, accountKey }
  return { accountUrl, identity: azureIdentity(values) }
}
