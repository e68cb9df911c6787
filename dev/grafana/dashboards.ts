import { choice, dashboard, lines, logs, ranking, row, stat, text, type Step } from './panels.ts'

const requests = 'dashgate_http_requests_total'
const durations = 'dashgate_http_request_duration_seconds_bucket'
const chosen = 'listener="public",tenant_id=~"$tenant_id",dashboard=~"$dashboard"'
const rate = (series: string) => `rate(${series}[$__rate_interval])`
const quantile = (q: number, by: string, series: string) =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (${rate(series)}))`
const failures = (matchers: string, by: string) =>
  `sum by (${by}) (${rate(`${requests}{${matchers},status_class="5xx"}`)}) / sum by (${by}) (${rate(`${requests}{${matchers}}`)})`
const steps = (yellow: number, red: number): readonly Step[] => [
  { at: yellow, color: 'yellow' },
  { at: red, color: 'red' },
]
const wrong: readonly Step[] = [{ at: 1, color: 'red' }]
const job = '{service="dashgate"}'
const seconds = { unit: 's' }
const perSecond = { unit: 'reqps' }
const share = { unit: 'percentunit', max: 1 }
const count = { unit: 'short' }

const tenants = dashboard({
  uid: 'dashgate-tenants',
  title: 'Dashgate / Tenants',
  description: 'Is what was promised kept, and for whom not.',
  variables: [
    choice('tenant_id', 'Tenant', `${requests}{tenant_id!=""}`),
    choice('dashboard', 'Dashboard', `${requests}{dashboard!=""}`),
    text('request', 'Request id'),
  ],
  panels: [
    stat({
      title: 'Requests',
      description: 'Of browsers, for what is chosen above.',
      queries: [{ expr: `sum(${rate(`${requests}{${chosen}}`)})` }],
      ...perSecond,
      width: 6,
    }),
    stat({
      title: 'Failures',
      description: 'Share of answers with a 5xx; 0.1 % are allowed.',
      queries: [
        {
          expr: `sum(${rate(`${requests}{${chosen},status_class="5xx"}`)}) / sum(${rate(`${requests}{${chosen}}`)})`,
        },
      ],
      ...share,
      width: 6,
      steps: steps(0.001, 0.01),
    }),
    stat({
      title: 'Error budget spent',
      description: 'Of three days, by the objective of 99.9 %.',
      queries: [{ expr: 'dashgate:http_requests:error_ratio_3d / 0.001' }],
      unit: 'percentunit',
      width: 6,
      steps: steps(0.5, 1),
    }),
    stat({
      title: 'WebSockets',
      description: 'Open now.',
      queries: [
        { expr: 'sum(dashgate_websockets_open{tenant_id=~"$tenant_id",dashboard=~"$dashboard"})' },
      ],
      ...count,
      width: 6,
    }),
    lines({
      title: 'Requests by tenant',
      description: 'Who asks how much.',
      queries: [
        { expr: `sum by (tenant_id) (${rate(`${requests}{${chosen}}`)})`, legend: '{{tenant_id}}' },
      ],
      ...perSecond,
      width: 12,
    }),
    lines({
      title: 'Failures by tenant',
      description: 'Share of answers with a 5xx.',
      queries: [{ expr: failures(chosen, 'tenant_id'), legend: '{{tenant_id}}' }],
      ...share,
      width: 12,
      steps: steps(0.001, 0.01),
    }),
    lines({
      title: 'P95 by tenant',
      description: 'Streams and sockets left out: they last as long as people look.',
      queries: [
        {
          expr: quantile(0.95, 'tenant_id', `${durations}{${chosen},kind!~"stream|socket"}`),
          legend: '{{tenant_id}}',
        },
      ],
      ...seconds,
      width: 12,
    }),
    lines({
      title: 'P95 by kind',
      description: 'Each kind has a target of its own.',
      queries: [
        {
          expr: quantile(0.95, 'kind', `${durations}{${chosen},kind!~"stream|socket"}`),
          legend: '{{kind}}',
        },
      ],
      ...seconds,
      width: 12,
    }),
    ranking({
      title: 'Failing most',
      description: 'Tenant and dashboard, by failures a second.',
      queries: [
        {
          expr: `topk(15, sum by (tenant_id, dashboard) (${rate(`${requests}{${chosen},status_class="5xx"}`)}) > 0)`,
        },
      ],
      ...perSecond,
      width: 12,
    }),
    ranking({
      title: 'Refused or not served',
      description: 'By the code of the answer.',
      queries: [
        { expr: `topk(15, sum by (listener, code) (${rate('dashgate_http_refusals_total')}) > 0)` },
      ],
      ...perSecond,
      width: 12,
    }),
    logs(
      'Log',
      'Paste a request id above to see what that request left.',
      `${job} |= "$request" | json`,
    ),
  ],
})

const one = 'dashboard=~"$dashboard"'
const callbacks = `${one},callback=~"$callback"`
const dashboardPage = dashboard({
  uid: 'dashgate-dashboard',
  title: 'Dashgate / Dashboard',
  description:
    'One dashboard with its callbacks: what is slow, what fails, and whether it is the app.',
  variables: [
    choice('dashboard', 'Dashboard', `${requests}{dashboard!=""}`),
    choice('callback', 'Callback', `dashgate_callback_requests_total{${one}}`),
    text('request', 'Request id'),
  ],
  panels: [
    stat({
      title: 'Callbacks',
      description: 'Of clicks; polls are counted apart.',
      queries: [
        { expr: `sum(${rate(`dashgate_callback_requests_total{${callbacks},kind!="poll"}`)})` },
      ],
      ...perSecond,
      width: 6,
    }),
    stat({
      title: 'Callbacks that fail',
      description: 'Share with a 5xx.',
      queries: [
        {
          expr: `sum(${rate(`dashgate_callback_requests_total{${callbacks},status_class="5xx"}`)}) / sum(${rate(`dashgate_callback_requests_total{${callbacks}}`)})`,
        },
      ],
      ...share,
      width: 6,
      steps: steps(0.001, 0.01),
    }),
    stat({
      title: 'P95 of a callback',
      description: 'From the request line to the end of the answer.',
      queries: [
        {
          expr: quantile(
            0.95,
            '',
            `dashgate_callback_duration_seconds_bucket{${callbacks},kind!="poll"}`,
          ),
        },
      ],
      ...seconds,
      width: 6,
      steps: steps(1, 2.5),
    }),
    stat({
      title: 'In flight',
      description: 'With the app now, or waiting for their turn.',
      queries: [{ expr: `sum(dashgate_http_requests_in_flight{${one}})` }],
      ...count,
      width: 6,
    }),
    ranking({
      title: 'Slowest callbacks',
      description: 'P95 by what they write to.',
      queries: [
        {
          expr: `topk(15, ${quantile(0.95, 'dashboard, callback', `dashgate_callback_duration_seconds_bucket{${callbacks},kind!="poll"}`)})`,
        },
      ],
      ...seconds,
      width: 12,
      steps: steps(1, 2.5),
    }),
    ranking({
      title: 'Failures by callback',
      description: 'With a 5xx, each second.',
      queries: [
        {
          expr: `topk(15, sum by (dashboard, callback) (${rate(`dashgate_callback_requests_total{${callbacks},status_class="5xx"}`)}) > 0)`,
        },
      ],
      ...perSecond,
      width: 12,
    }),
    lines({
      title: 'App and gateway',
      description:
        'P95 to the app’s first byte, and to the end of the whole request: what is between is ours, the wait for a turn, or the way to the browser.',
      queries: [
        {
          expr: quantile(
            0.95,
            '',
            `dashgate_upstream_duration_seconds_bucket{${one},kind!~"stream|socket"}`,
          ),
          legend: 'app',
        },
        {
          expr: quantile(0.95, '', `${durations}{listener="public",${one},kind!~"stream|socket"}`),
          legend: 'whole',
        },
      ],
      ...seconds,
      width: 12,
    }),
    lines({
      title: 'By kind',
      description: 'Requests a second.',
      queries: [
        {
          expr: `sum by (kind) (${rate(`${requests}{listener="public",${one}}`)})`,
          legend: '{{kind}}',
        },
      ],
      ...perSecond,
      width: 12,
    }),
    lines({
      title: 'Answers of the app',
      description: 'Bytes a second, before compression.',
      queries: [
        {
          expr: `sum by (kind) (${rate(`dashgate_http_response_bytes_total{${one}}`)})`,
          legend: '{{kind}}',
        },
      ],
      unit: 'Bps',
      width: 12,
    }),
    lines({
      title: 'Not answered',
      description: 'By the code of the refusal.',
      queries: [
        {
          expr: `sum by (reason) (${rate(`dashgate_upstream_failures_total{${one}}`)})`,
          legend: '{{reason}}',
        },
      ],
      ...perSecond,
      width: 12,
    }),
    logs(
      'Log',
      'Of the dashboard, or of one request.',
      `${job} |= "$request" | json | dashboard=~"$dashboard"`,
    ),
  ],
})

const sessions = dashboard({
  uid: 'dashgate-sessions',
  title: 'Dashgate / Sessions and security',
  description: 'Who comes and goes, what was refused, and whether isolation holds.',
  variables: [text('request', 'Request id')],
  panels: [
    stat({
      title: 'Crossings',
      description: 'Answers of the canary’s last round that held another tenant’s mark.',
      queries: [{ expr: 'sum(dashgate_canary_crossings)' }],
      ...count,
      width: 6,
      steps: wrong,
    }),
    stat({
      title: 'Last round of the canary',
      description: 'How long ago.',
      queries: [{ expr: 'time() - max(dashgate_canary_round_timestamp_seconds)' }],
      ...seconds,
      width: 6,
      steps: steps(600, 900),
    }),
    stat({
      title: 'Audit log',
      description: '1 when each line fits the one before.',
      queries: [{ expr: '1 - min(dashgate_audit_chain_whole)' }],
      ...count,
      width: 6,
      steps: wrong,
    }),
    stat({
      title: 'Sessions',
      description: 'Known to the replicas.',
      queries: [{ expr: 'sum(dashgate_sessions_known)' }],
      ...count,
      width: 6,
    }),
    lines({
      title: 'Sessions by event',
      description: 'Begun, ended, refused, revoked, and why.',
      queries: [
        {
          expr: `sum by (event, reason) (${rate('dashgate_session_events_total')})`,
          legend: '{{event}} {{reason}}',
        },
      ],
      unit: 'cps',
      width: 12,
    }),
    lines({
      title: 'Refreshes',
      description: '`failed`: the provider did not answer; `refused` ends the session.',
      queries: [
        {
          expr: `sum by (result) (${rate('dashgate_session_refreshes_total')})`,
          legend: '{{result}}',
        },
      ],
      unit: 'cps',
      width: 12,
    }),
    lines({
      title: 'Revocation',
      description: 'P99 until all that was open has ended; two seconds are promised.',
      queries: [
        { expr: quantile(0.99, 'kind', 'dashgate_revocation_seconds_bucket'), legend: '{{kind}}' },
      ],
      ...seconds,
      width: 12,
      steps: [{ at: 2, color: 'red' }],
    }),
    lines({
      title: 'Refused or not served',
      description: 'By the code of the answer.',
      queries: [
        { expr: `sum by (code) (${rate('dashgate_http_refusals_total')})`, legend: '{{code}}' },
      ],
      ...perSecond,
      width: 12,
    }),
    lines({
      title: 'Audit lines',
      description: 'What fails to be written is refused.',
      queries: [
        { expr: `sum by (result) (${rate('dashgate_audit_lines_total')})`, legend: '{{result}}' },
      ],
      unit: 'cps',
      width: 12,
    }),
    ranking({
      title: 'What the canary sees of itself',
      description: 'Answers of the last round with its own mark: 0 proves nothing.',
      queries: [{ expr: 'sum by (tenant_id, dashboard, surface) (dashgate_canary_own_marks)' }],
      ...count,
      width: 12,
    }),
    logs('Log', 'Refusals and security events, or one request.', `${job} |= "$request" | json`),
  ],
})

const own = 'instance=~"$instance"'
const internals = dashboard({
  uid: 'dashgate-internals',
  title: 'Dashgate / Internals',
  description: 'The replicas themselves: time, memory, database, caches, apps, log.',
  variables: [choice('instance', 'Replica', 'dashgate_build_info')],
  panels: [
    stat({
      title: 'Replicas',
      description: 'That answer Prometheus.',
      queries: [{ expr: 'sum(up{job="dashgate"})' }],
      ...count,
      width: 6,
    }),
    stat({
      title: 'First certificate ends in',
      description: 'Of all listeners.',
      queries: [
        { expr: `min(dashgate_tls_certificate_expiry_timestamp_seconds{${own}}) - time()` },
      ],
      ...seconds,
      width: 6,
    }),
    stat({
      title: 'Notifications',
      description: 'Replicas that hear nothing from the database.',
      queries: [
        { expr: `count(dashgate_database_notifications_current{${own}} == 0) or vector(0)` },
      ],
      ...count,
      width: 6,
      steps: wrong,
    }),
    stat({
      title: 'Log lines lost',
      description: 'In the time shown.',
      queries: [{ expr: `sum(increase(dashgate_log_lines_dropped_total{${own}}[$__range]))` }],
      ...count,
      width: 6,
      steps: wrong,
    }),
    row('Process'),
    lines({
      title: 'Event loop',
      description: 'P99 of its delay.',
      queries: [{ expr: `nodejs_eventloop_lag_p99_seconds{${own}}`, legend: '{{instance}}' }],
      ...seconds,
      width: 8,
      steps: steps(0.1, 0.25),
    }),
    lines({
      title: 'CPU',
      description: 'Cores in use.',
      queries: [{ expr: rate(`process_cpu_seconds_total{${own}}`), legend: '{{instance}}' }],
      ...count,
      width: 8,
    }),
    lines({
      title: 'Memory',
      description: 'Resident.',
      queries: [{ expr: `process_resident_memory_bytes{${own}}`, legend: '{{instance}}' }],
      unit: 'bytes',
      width: 8,
    }),
    row('Database'),
    lines({
      title: 'Connections',
      description: 'Of the pool.',
      queries: [
        { expr: `sum by (state) (dashgate_database_connections{${own}})`, legend: '{{state}}' },
        { expr: `sum(dashgate_database_connections_max{${own}})`, legend: 'at most' },
        {
          expr: `sum(dashgate_database_connections_waiting{${own}})`,
          legend: 'transactions that wait',
        },
      ],
      ...count,
      width: 12,
    }),
    lines({
      title: 'Transactions',
      description: 'P95 by purpose.',
      queries: [
        {
          expr: quantile(
            0.95,
            'purpose',
            `dashgate_database_transaction_duration_seconds_bucket{${own}}`,
          ),
          legend: '{{purpose}}',
        },
      ],
      ...seconds,
      width: 12,
    }),
    row('Apps, caches, log'),
    lines({
      title: 'Connections to apps',
      description: 'Busy and idle.',
      queries: [
        {
          expr: `sum by (upstream, state) (dashgate_upstream_connections{${own}})`,
          legend: '{{upstream}} {{state}}',
        },
      ],
      ...count,
      width: 12,
    }),
    lines({
      title: 'Turns',
      description: 'Requests with a turn of an app, and those that wait.',
      queries: [
        {
          expr: `sum by (upstream, state) (dashgate_upstream_turns{${own}})`,
          legend: '{{upstream}} {{state}}',
        },
      ],
      ...count,
      width: 12,
    }),
    lines({
      title: 'Cache hits',
      description: 'Share of look-ups.',
      queries: [
        {
          expr: `sum by (cache) (${rate(`dashgate_cache_requests_total{${own},result="hit"}`)}) / sum by (cache) (${rate(`dashgate_cache_requests_total{${own}}`)})`,
          legend: '{{cache}}',
        },
      ],
      ...share,
      width: 12,
    }),
    lines({
      title: 'Log queue',
      description: 'Bytes that nobody has taken yet.',
      queries: [{ expr: `sum by (sink) (dashgate_log_queue_bytes{${own}})`, legend: '{{sink}}' }],
      unit: 'bytes',
      width: 12,
    }),
  ],
})

/** By the name of their file. */
export const grafanaDashboards: Readonly<Record<string, object>> = {
  'tenants.json': tenants,
  'dashboard.json': dashboardPage,
  'sessions.json': sessions,
  'internals.json': internals,
}
