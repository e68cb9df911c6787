import { z } from 'zod'
import { masterKeyOf } from '../keys/master-key.ts'
import { secretAddress } from '../keys/vault-secret.ts'
import { section } from './fields.ts'

const masterKey = z.string().transform((value, ctx) => {
  const key = masterKeyOf(value)
  if (typeof key !== 'string') return key
  ctx.addIssue({ code: 'custom', message: key })
  return z.NEVER
})

const vaultSecret = z
  .string()
  .refine(
    (value) => secretAddress(value) !== undefined,
    'must be https://<vault>.vault.azure.net/secrets/<name>, a version may follow',
  )

const sourcesOf = (name: string) => [name, `${name}_FILE`, `${name}_VAULT_SECRET`] as const

const listed = (names: readonly string[]) => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

function masterKeyFaults(values: Readonly<Record<string, unknown>>): string[] {
  const set = (name: string) => sourcesOf(name).filter((one) => values[one] !== undefined)
  const current = set('MASTER_KEY')
  const previous = set('MASTER_KEY_PREVIOUS')
  return [
    ...(current.length === 0
      ? [`MASTER_KEY is missing: set ${listed(sourcesOf('MASTER_KEY'))}, exactly one of them`]
      : []),
    ...[current, previous]
      .filter(({ length }) => length > 1)
      .map((names) => `${names.join(' and ')} are set: exactly one of them may be`),
  ]
}

export const keys = section({
  title: 'Keys',
  shape: {
    MASTER_KEY: masterKey
      .optional()
      .describe(
        'Seals the key rings in the database: 32 random bytes in base64. Set this one, `MASTER_KEY_FILE` or `MASTER_KEY_VAULT_SECRET`.',
      ),
    MASTER_KEY_FILE: z.string().optional().describe('File that holds the master key in base64.'),
    MASTER_KEY_VAULT_SECRET: vaultSecret
      .optional()
      .describe(
        'URL of a secret in Azure Key Vault that is the master key in base64, read once at start with the identity of the process.',
      ),
    MASTER_KEY_PREVIOUS: masterKey
      .optional()
      .describe(
        'The master key before this one, while it is being replaced; see the page on operations.',
      ),
    MASTER_KEY_PREVIOUS_FILE: z.string().optional().describe('The same, as a file.'),
    MASTER_KEY_PREVIOUS_VAULT_SECRET: vaultSecret
      .optional()
      .describe('The same, in Azure Key Vault: a version of the secret, most often.'),
  },
  check: masterKeyFaults,
})
