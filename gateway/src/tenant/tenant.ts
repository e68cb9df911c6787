export interface Branding {
  readonly displayName?: string
  /** A `data:` URI of an image. */
  readonly logo?: string
  /** Colours as `#rrggbb`. */
  readonly colors?: { readonly primary?: string; readonly accent?: string }
}

export interface Tenant {
  readonly id: string
  readonly displayName: string
  readonly status: 'active' | 'suspended'
  readonly branding: Branding
  readonly storagePrefix: string
  readonly config: Readonly<Record<string, unknown>>
  /** Its own limits, in place of those of the settings. */
  readonly limits: Readonly<Record<string, unknown>>
}

export interface Dashboard {
  readonly slug: string
  readonly title: string
  readonly description: string
  /** Origin of the app behind it. */
  readonly appUrl: string
  /** Where the same app runs as well; empty for most. */
  readonly replicaUrls: readonly string[]
  readonly defaultConfig: Readonly<Record<string, unknown>>
  /** JSON Schema of its settings. */
  readonly configSchema: Readonly<Record<string, unknown>> | null
}

/** What a list of tenants shows of each. */
export type TenantChoice = Pick<Tenant, 'id' | 'displayName' | 'status' | 'branding'>
