/** Settings as JSON: of a dashboard, of a tenant, of an assignment, or merged of these. */
export type Config = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * JSON Merge Patch: objects merge, null removes, everything else replaces.
 *
 * Neither argument is changed. A field is only ever defined, never assigned to, so that one with the
 * name `__proto__` is a field like any other.
 *
 * @see RFC 7396, section 2
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

/** Names that a dashboard's schema knows: of its settings, filters, and components. */
export interface DeclaredNames {
  /** `undefined`: the schema lists none, and so takes any. */
  readonly settings: ReadonlySet<string> | undefined
  readonly filters: ReadonlySet<string> | undefined
  readonly visible: ReadonlySet<string> | undefined
}

const picked = (config: Config, isKept: (name: string) => boolean): Config =>
  Object.fromEntries(Object.entries(config).filter(([name]) => isKept(name)))

/**
 * What of a tenant's own settings is for a dashboard. They are for all its dashboards at once, so what
 * one of these does not know is left out there; `shell` is the gateway's, which knows it itself.
 */
export function relevantTo(declared: DeclaredNames, tenantConfig: Config): Config {
  const kept = picked(
    tenantConfig,
    (name) => name === 'shell' || (declared.settings?.has(name) ?? true),
  )
  return Object.fromEntries(
    Object.entries(kept).map(([name, value]) => {
      const names = name === 'filters' || name === 'visible' ? declared[name] : undefined
      return names && isObject(value)
        ? [name, picked(value, (one) => names.has(one))]
        : [name, value]
    }),
  )
}

/** The three places where settings stand. */
export interface ConfigLevels {
  readonly dashboard: Config
  readonly tenant: Config
  readonly assignment: Config
}

/**
 * The one order in which settings are merged: the dashboard's defaults, over them what the tenant has
 * for all its dashboards, over that what it has for this one.
 */
export function mergeLevels(declared: DeclaredNames, levels: ConfigLevels): Config {
  const { dashboard, tenant, assignment } = levels
  return [dashboard, relevantTo(declared, tenant), assignment].reduce<Config>(
    (merged, level) => mergePatch(merged, level) as Config,
    {},
  )
}
