/** What a script or test needs to know of a running stack; written to `stack.json`. */
export interface StackInfo {
  publicUrl: string
  internalUrl: string
  adminUrl: string
  opsUrl: string
  issuer: string
  /** Postgres as the role that owns the tables. */
  databaseUrl: string
  /** Postgres as the gateway's own role. */
  appDatabaseUrl: string
  blobConnectionString: string
  /** Container of the tenants' datasets, and a signature (SAS) with which a pipeline puts some there. */
  uploadUrl: string
  uploadSas: string
  /** Files (PEM) for the admin listener. */
  ca: string
  clientCert: string
  clientKey: string
  /** Client of the provider whose access tokens the admin API takes as well (client credentials). */
  adminClientId: string
  adminClientSecret: string
  /** The audience of those tokens. */
  adminAudience: string
  dashApps: { slug: string; url: string }[]
  /** Accounts of the provider, read by it at each sign-in. */
  users: string
  /** Folder with a log for each part. */
  logs: string
}
