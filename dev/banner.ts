import { accounts, tenants } from './demo.ts'
import type { Observers } from './observe.ts'
import type { Paints } from './paint.ts'
import type { StackInfo } from './stack-info.ts'

/** What a person needs to know when all is ready. */
export function banner(
  info: StackInfo,
  directory: string,
  paint: Paints,
  observers?: Observers,
): string {
  const lines = [
    '',
    paint.green(paint.bold('Dashgate is ready:')) + ` ${paint.bold(paint.cyan(info.publicUrl))}`,
    '',
    `Accounts ${paint.dim('(password of each: demo)')}`,
    ...accounts.map(({ login, claims }) => {
      const tenant = tenants.find(({ id }) => id === claims.tenant_id)
      const sees = tenant
        ? `${tenant.displayName}, ${countOf(tenant.dashboards.length)}`
        : 'staff: all tenants'
      return `  ${paint.bold(login.padEnd(20))} ${sees}`
    }),
    '',
    'What to try',
    '  Sign in as viewer@acme.test and open "Loss development"; then compare viewer@globex.test.',
    '  As actuary@kyros.test choose a tenant, open a dashboard, and choose another in a second tab.',
    `  ${paint.dim(`Roles and tenants: ${info.users}, read at each sign-in`)}`,
    `  ${paint.dim(`Addresses and keys for scripts: ${directory}/stack.json`)}`,
    `  ${paint.dim(`Logs: ${info.logs}`)}`,
    ...(observers ? observed(observers, paint) : []),
    '',
    'Ctrl-C stops everything.',
    '',
  ]
  return lines.join('\n')
}

function countOf(dashboards: number): string {
  return dashboards === 1 ? '1 dashboard' : `${dashboards} dashboards`
}

function observed(observers: Observers, paint: Paints): string[] {
  const { prometheusUrl, canaryUrl, canaryReports } = observers
  return [
    '',
    'Watched by',
    prometheusUrl
      ? `  Prometheus: ${paint.bold(paint.cyan(prometheusUrl))} (alerts: ${prometheusUrl}/alerts)`
      : '  Prometheus is not installed: apt-get install prometheus, then start again',
    `  The isolation canary: ${canaryUrl}/metrics, reports in ${canaryReports}`,
  ]
}
