import type { Step } from './panels.ts'

/* What the dashboards have in common: series, selections, units, thresholds. */

export const requests = 'dashgate_http_requests_total'
export const durations = 'dashgate_http_request_duration_seconds_bucket'
export const chosen = 'listener="public",tenant_id=~"$tenant_id",dashboard=~"$dashboard"'
export const rate = (series: string) => `rate(${series}[$__rate_interval])`
export const quantile = (q: number, by: string, series: string) =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${rate(series)}))`
export const failures = (matchers: string, by: string) =>
  `sum by (${by}) (${rate(`${requests}{${matchers},status_class="5xx"}`)}) / sum by (${by}) (${rate(`${requests}{${matchers}}`)})`
export const steps = (yellow: number, red: number): readonly Step[] => [
  { at: yellow, color: 'yellow' },
  { at: red, color: 'red' },
]
export const wrong: readonly Step[] = [{ at: 1, color: 'red' }]
export const job = '{service="dashgate"}'
export const seconds = { unit: 's' }
export const perSecond = { unit: 'reqps' }
export const share = { unit: 'percentunit', max: 1 }
export const count = { unit: 'short' }
