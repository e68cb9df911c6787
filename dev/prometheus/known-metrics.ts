import { createCanaryMetrics } from '../../gateway/src/canary/canary-metrics.ts'
import type { Result } from '../../gateway/src/canary/round.ts'
import { auditMetrics } from '../../gateway/src/audit/verify-metrics.ts'
import { documentedMetrics } from './expressions.ts'

/** Lines such as `dashgate_x{a="1",b="2"} 3`, by name. */
function exposed(text: string): [string, ReadonlySet<string>][] {
  const help = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name)
  return help.map((name) => {
    const labels = [...text.matchAll(new RegExp(`^${name}\\{([^}]*)\\}`, 'gm'))].flatMap(
      ([, list = '']) => [...list.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
    )
    return [name, new Set(labels)]
  })
}

const sample: Result = {
  tenantId: 'north',
  dashboard: 'loss',
  surface: 'layout',
  answers: 1,
  failed: 0,
  own: 1,
  crossings: [],
}

/** Every metric that rules and dashboards may ask for: the gateway's, the canary's, the audit check's. */
export async function knownMetrics(): Promise<Map<string, ReadonlySet<string>>> {
  const canary = createCanaryMetrics()
  const round = {
    startedAt: '',
    results: [sample],
    dashboards: new Map([['north', ['loss']]]),
  }
  canary.observe(round, new Date(0))
  return new Map([
    ...documentedMetrics(),
    ...exposed(await canary.expose()),
    ...exposed(auditMetrics({ result: 'whole', last: { id: 1, hash: '' } }, new Date(0))),
  ])
}
