import { choice, dashboard, lines, row, stat } from './panels.ts'
import { rate, quantile, steps, wrong, seconds, share, count } from './terms.ts'

const own = 'instance=~"$instance"'

export const internals = dashboard({
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
