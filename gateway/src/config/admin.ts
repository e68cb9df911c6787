import { z } from 'zod'
import { commaList, listenAddress, section } from './fields.ts'

const files = ['ADMIN_CA_FILE', 'ADMIN_CERT_FILE', 'ADMIN_KEY_FILE'] as const

export const admin = section({
  title: 'Admin API',
  shape: {
    ADMIN_LISTEN: listenAddress
      .default({ host: '127.0.0.1', port: 8443 })
      .describe('Listener of the admin API (mutual TLS). Keep it private.'),
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
  },
  check(values) {
    const missing = files.filter((name) => values[name] === undefined)
    if (missing.length === 0 || missing.length === files.length) return []
    return missing.map((name) => `${name} is missing: the admin listener needs all three files`)
  },
})
