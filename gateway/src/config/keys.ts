import { z } from 'zod'
import { section } from './fields.ts'

const masterKey = z
  .base64({ error: 'must be 32 random bytes in base64 (openssl rand -base64 32)' })
  .transform((value) => new Uint8Array(Buffer.from(value, 'base64')))
  .refine((key) => key.length === 32, 'must be 32 bytes long (openssl rand -base64 32)')
  // A key that was typed or copied from an example guards nothing (CVE-2023-27524).
  .refine((key) => new Set(key).size >= 12, 'is not random (openssl rand -base64 32)')

export const keys = section({
  title: 'Keys',
  shape: {
    MASTER_KEY: masterKey.describe(
      'Seals the key rings in the database: 32 random bytes in base64.',
    ),
  },
})
