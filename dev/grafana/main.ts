/** Writes deploy/grafana/dashboards/, which a test holds against what is written here. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../paths.ts'
import { grafanaDashboards } from './dashboards.ts'

for (const [name, dashboard] of Object.entries(grafanaDashboards)) {
  const file = join(root, 'deploy', 'grafana', 'dashboards', name)
  writeFileSync(file, `${JSON.stringify(dashboard, null, 2)}\n`)
}
