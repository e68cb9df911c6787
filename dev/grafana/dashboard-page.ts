import { choice, dashboard, lines, logs, ranking, stat, text } from './panels.ts'
import {
  requests,
  durations,
  rate,
  quantile,
  steps,
  job,
  seconds,
  perSecond,
  share,
  count,
} from './terms.ts'

const one = 'dashboard=~"$dashboard"'
const callbacks = `${one},callback=~"$callback"`

export const dashboardPage = dashboard({
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
