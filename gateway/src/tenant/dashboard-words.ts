import { isObject, type Config } from './config-merge.ts'
import { shapeFaults } from './config-shape.ts'
import type { Dashboard } from './tenant.ts'

/** JSON Merge Patch of `shell` alone, whose fields are texts. */
function shellOf(levels: readonly Config[]): unknown {
  return levels.reduce<unknown>((shell, level) => {
    const patch = level['shell']
    if (patch === undefined) return shell
    if (patch === null) return {}
    if (!isObject(patch) || !isObject(shell)) return patch
    return Object.fromEntries(
      Object.entries({ ...shell, ...patch }).filter(([, value]) => value !== null),
    )
  }, {})
}

/**
 * A dashboard under the title and description that the settings `shell` give it for a tenant, merged in
 * the order of all settings. Words of which one does not fit leave all as the dashboard has them: they
 * restrict nothing, and people must find the dashboard whose settings are broken.
 */
export function asTenantSeesIt(
  dashboard: Dashboard,
  tenantConfig: Config,
  assignmentConfig: Config,
): Dashboard {
  const shell = shellOf([dashboard.defaultConfig, tenantConfig, assignmentConfig])
  if (!isObject(shell) || shapeFaults({ shell }).length > 0) return dashboard
  const { title, description } = shell as { title?: string; description?: string }
  return {
    ...dashboard,
    ...(title === undefined ? {} : { title: title.trim() }),
    ...(description === undefined ? {} : { description: description.trim() }),
  }
}
