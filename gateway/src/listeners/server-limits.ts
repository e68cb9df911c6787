/** How long and how much one connection may take, whatever is asked over it. */
export const serverLimits = {
  /** Bytes of the request line and all fields; then 431. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 15_000,
  /** An upload may be slow; a request that never ends is cut by this. */
  requestTimeout: 300_000,
  /** How often node looks for requests that took too long; by default 30 s, twice their time. */
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 65_000,
  insecureHTTPParser: false,
  requireHostHeader: true,
}

export type ServerLimits = typeof serverLimits
