import { z } from 'zod'
import { listenAddress, origin, section } from './fields.ts'

const shape = {
  PUBLIC_URL: origin.describe('Origin under which browsers reach the gateway.'),
  PUBLIC_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8080 })
    .describe('Listener for browsers.'),
  PUBLIC_CERT_FILE: z
    .string()
    .optional()
    .describe(
      'Certificate (PEM, with the ones between it and its root) of the listener for browsers, which then speaks TLS: HTTP/2, and HTTP/1.1 beside it. Read again when it changes. Without it a proxy in front has to do that.',
    ),
  PUBLIC_KEY_FILE: z
    .string()
    .optional()
    .describe('Private key (PEM) of the listener for browsers.'),
  INTERNAL_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 8081 })
    .describe('Listener for Dash apps: data API and key set. Keep it private.'),
  OPS_LISTEN: listenAddress
    .default({ host: '127.0.0.1', port: 9464 })
    .describe('Listener for metrics and probes. Keep it private.'),
}

export const listeners = section<typeof shape>({
  title: 'Listeners',
  shape,
  check({ PUBLIC_URL, PUBLIC_CERT_FILE: cert, PUBLIC_KEY_FILE: key }) {
    if (cert === undefined && key === undefined) return []
    return [
      ...(cert === undefined ? ['PUBLIC_CERT_FILE is missing: PUBLIC_KEY_FILE is given'] : []),
      ...(key === undefined ? ['PUBLIC_KEY_FILE is missing: PUBLIC_CERT_FILE is given'] : []),
      ...(PUBLIC_URL.startsWith('https:')
        ? []
        : ['PUBLIC_URL must use https: PUBLIC_CERT_FILE and PUBLIC_KEY_FILE are given']),
    ]
  },
})
