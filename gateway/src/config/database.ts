import { z } from 'zod'
import { readDatabaseUrl } from '../db/database-url.ts'
import { section } from './fields.ts'

const databaseUrl = z.url({ protocol: /^postgres(ql)?$/ }).superRefine((url, context) => {
  try {
    readDatabaseUrl(url)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    context.addIssue({ code: 'custom', message: error.message })
  }
})

export const database = section({
  title: 'Database',
  shape: {
    DATABASE_URL: databaseUrl.describe(
      "Postgres URL of the gateway's own role, which owns nothing and cannot bypass row-level security. May lead through PgBouncer. With `sslmode=verify-full` the server has to prove its name; weaker modes are refused.",
    ),
    DATABASE_LISTEN_URL: databaseUrl
      .optional()
      .describe(
        'The same database, directly: needed where `DATABASE_URL` leads to a pooler in transaction mode, through which no notification arrives.',
      ),
    DATABASE_CA_FILE: z
      .string()
      .optional()
      .describe(
        'CA (PEM) that signed the certificate of the database, for `sslmode=verify-full`. Without it the well-known ones are trusted.',
      ),
    DATABASE_POOL_SIZE: z.coerce
      .number()
      .int()
      .min(1)
      .default(10)
      .describe(
        'Connections to Postgres, at most, of all processes together; two more of each process are for notifications.',
      ),
  },
})
