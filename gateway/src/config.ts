import { z } from 'zod'
import { admin } from './config/admin.ts'
import { azure } from './config/azure.ts'
import { database } from './config/database.ts'
import { faultsOfFiles } from './config/files.ts'
import { keys } from './config/keys.ts'
import { limits } from './config/limits.ts'
import { listeners } from './config/listeners.ts'
import { observability } from './config/observability.ts'
import { policy } from './config/policy.ts'
import { processes } from './config/processes.ts'
import { provider } from './config/provider.ts'
import { withPlaces } from './config/reference.ts'
import { requests } from './config/requests.ts'
import { sessions } from './config/sessions.ts'
import { sharedAssets } from './config/shared-assets.ts'
import { storage } from './config/storage.ts'

export type { ListenAddress } from './config/fields.ts'

/** Every setting, in the order of its reference page. */
export const sections = [
  listeners,
  processes,
  database,
  keys,
  provider,
  storage,
  azure,
  admin,
  sessions,
  limits,
  requests,
  sharedAssets,
  policy,
  observability,
] as const

const settings = z.object({
  ...listeners.shape,
  ...processes.shape,
  ...database.shape,
  ...keys.shape,
  ...provider.shape,
  ...storage.shape,
  ...azure.shape,
  ...admin.shape,
  ...sessions.shape,
  ...limits.shape,
  ...requests.shape,
  ...sharedAssets.shape,
  ...policy.shape,
  ...observability.shape,
})

export type Config = Readonly<z.output<typeof settings>>

/** All faults of a configuration at once, one line each, with the variable's name. */
export class ConfigError extends Error {
  constructor(faults: readonly string[]) {
    const lines = withPlaces(sections, faults).map((fault) => `  ${fault}`)
    super(['The configuration has faults:', ...lines].join('\n'))
    this.name = 'ConfigError'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

function read(env: Environment) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { data, error } = settings.safeParse(given)
  const faults = [
    ...(error?.issues.map((issue) => faultOf(given, issue)) ?? []),
    ...crossFaults(given),
  ]
  return { data, faults }
}

function good({ data, faults }: ReturnType<typeof read>): Config {
  if (!data || faults.length > 0) throw new ConfigError(faults)
  return Object.freeze(data)
}

/**
 * Reads the settings out of an environment; neither changes it nor connects to anything.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed
 */
export const parseConfig = (env: Environment): Config => good(read(env))

/**
 * The same, after a look at the files and folders that settings name.
 *
 * @throws {ConfigError} naming every variable that is missing or malformed, or names no good file
 */
export async function checkConfig(env: Environment): Promise<Config> {
  const { data, faults } = read(env)
  return good({ data, faults: [...faults, ...(await faultsOfFiles(env))] })
}

/** What well-formed settings do not go together, whatever else is wrong. */
function crossFaults(given: Record<string, unknown>): string[] {
  const outcomes = sections.map((one) => z.object(one.shape).safeParse(given))
  const values = Object.assign({}, ...outcomes.map(({ data }) => data)) as never
  return sections.flatMap(({ check }, index) =>
    outcomes[index]?.success ? (check?.(values) ?? []) : [],
  )
}

/** Names the variable and what is wrong with it, never its value: it may be a secret. */
function faultOf(given: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  const name = String(issue.path[0])
  return given[name] === undefined ? `${name} is missing` : `${name} ${issue.message}`
}
