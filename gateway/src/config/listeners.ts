import { listenAddress, origin, section } from './fields.ts'

export const listeners = section({
  title: 'Listeners',
  shape: {
    PUBLIC_URL: origin.describe('Origin under which browsers reach the gateway.'),
    PUBLIC_LISTEN: listenAddress
      .default({ host: '127.0.0.1', port: 8080 })
      .describe('Listener for browsers.'),
    INTERNAL_LISTEN: listenAddress
      .default({ host: '127.0.0.1', port: 8081 })
      .describe('Listener for Dash apps: data API and key set. Keep it private.'),
    OPS_LISTEN: listenAddress
      .default({ host: '127.0.0.1', port: 9464 })
      .describe('Listener for metrics and probes. Keep it private.'),
  },
})
