import { choice, dashboard, lines, logs, ranking, stat, text } from './panels.ts'
import {
  requests,
  durations,
  chosen,
  rate,
  quantile,
  failures,
  steps,
  job,
  seconds,
  perSecond,
  share,
  count,
} from './terms.ts'

export const tenants = dashboard({
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
