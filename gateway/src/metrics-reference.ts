/** Writes docs/metrics.md from the metrics themselves, or with `--check` says whether it is up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createMergedMetrics } from './observability/merged-metrics.ts'
import type { MetricDescription } from './observability/metric-descriptions.ts'
import { createMetrics } from './observability/metrics.ts'

const target = new URL('../../docs/metrics.md', import.meta.url)

/** In this order; a metric is in the first section that it fits. */
const sections: readonly (readonly [title: string, names: RegExp])[] = [
  ['Requests', /^dashgate_(http|websockets)_/],
  ['Callbacks', /^dashgate_callback_/],
  ['Apps', /^dashgate_upstream_/],
  ['Sessions', /^dashgate_(sessions?|revocation)_/],
  ['Audit log and log', /^dashgate_(audit|log)_/],
  ['Database and caches', /^dashgate_(database|cache)_/],
  ['The gateway itself', /^dashgate_/],
  ['Node', /./],
]

const introduction = `# Metrics

Prometheus reads them at \`/metrics\` of the ops listener (\`OPS_LISTEN\`). With \`GATEWAY_PROCESSES\` it gets those of all processes put together.
This page is made from \`gateway/src/observability/\` by \`node gateway/src/metrics-reference.ts\`.

## Labels

| label | values |
| --- | --- |
| \`tenant_id\` | id of the tenant; \`other\` for those beyond \`METRICS_MAX_TENANTS\`; empty where no tenant is known, as before sign-in |
| \`dashboard\` | slug of a dashboard that the tenant may see; empty for what belongs to none |
| \`kind\` | \`page\`, \`layout\` (with Dash's list of callbacks), \`callback\`, \`poll\` (a callback that a \`dcc.Interval\` makes, or a question after a background job), \`asset\`, \`stream\` (an answer that comes bit by bit), \`socket\` (a WebSocket's handshake), \`api\` (everything else) |
| \`callback\` | what a callback writes to, as Dash names it: \`graph.figure\`; \`graph.figure (+2)\` for three outputs; with \`< button.n_clicks\` where several write to the same. Only names that the app itself lists; \`other\` for the rest, and beyond 100 of a dashboard. Tenants are not told apart here, or series would be tenants × callbacks: the log does that |
| \`status_class\` | \`2xx\` to \`5xx\`; a client that hung up before its answer counts as \`4xx\` |
| \`listener\` | \`public\`, \`internal\`, \`admin\` |
| \`upstream\` | origin of an app, as in the directory |

`

const cell = (text: string) => text.replaceAll('|', '\\|')

const rowOf = ({ name, type, labels, help }: MetricDescription) =>
  `| \`${name}\` | ${type} | ${labels.map((one) => `\`${one}\``).join(', ') || '–'} | ${cell(help)} |`

function metricsReference(): string {
  const all = [...createMetrics().descriptions, ...createMergedMetrics().descriptions]
  const sectionOf = (name: string) => sections.find(([, names]) => names.test(name))?.[0]
  const tables = sections.flatMap(([title]) => [
    `## ${title}`,
    '',
    '| metric | type | labels | meaning |',
    '| --- | --- | --- | --- |',
    ...all.filter(({ name }) => sectionOf(name) === title).map(rowOf),
    '',
  ])
  return introduction + tables.join('\n')
}

const wanted = metricsReference()
if (!process.argv.includes('--check')) {
  writeFileSync(target, wanted)
} else if (readFileSync(target, 'utf8') !== wanted) {
  throw new Error('docs/metrics.md is out of date: run node gateway/src/metrics-reference.ts')
}
