import { dashboard, lines, logs, ranking, stat, text } from './panels.ts'
import { rate, quantile, steps, wrong, job, seconds, perSecond, count } from './terms.ts'

export const sessions = dashboard({
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
