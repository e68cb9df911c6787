export interface ProviderSettings {
  issuer: string
  /** Where it listens; this machine only when left out. */
  host?: string
  port: number
  directory: string
  usersFile: string
  gatewayUrl: string
  clientId: string
  clientSecret: string
  /** Of the client for the admin API, which is left out without one. */
  pipelineSecret?: string
  cookieKey: string
  accessTokenSeconds: number
}

/** The settings travel to the provider's process in one variable. */
export const settingsVariable = 'DEMO_PROVIDER'
