/** Series of an hour in which all is well, one sample a minute, as promtool writes them. */
export const goodDay: Readonly<Record<string, string>> = {
  'up{job="dashgate",instance="a"}': '1x90',
  'up{job="dashgate-canary",instance="c"}': '1x90',
  'dashgate_process_ends_total{job="dashgate",instance="a"}': '0x90',
  'nodejs_eventloop_lag_p99_seconds{job="dashgate",instance="a"}': '0.01x90',
  'dashgate_tls_certificate_expiry_timestamp_seconds{listener="public",instance="a"}': '2000000x90',
  'dashgate_upstream_healthy{upstream="http://loss:8051",instance="a"}': '1x90',
  // Waits for a moment are what queues are for.
  'dashgate_upstream_turns{upstream="http://loss:8051",state="waiting",instance="a"}':
    '0x55 3 0 2x2 0x90',
  'dashgate_database_connections_waiting{instance="a"}': '0x58 5 0x90',
  'dashgate_database_notifications_current{instance="a"}': '1x90',
  'dashgate_session_refreshes_total{result="failed",instance="a"}': '0x90',
  'dashgate_session_refreshes_total{result="refreshed",instance="a"}': '0+5x90',
  'dashgate_revocation_seconds_count{kind="session",instance="a"}': '0+1x90',
  'dashgate_revocation_seconds_bucket{kind="session",le="2",instance="a"}': '0+1x90',
  // Lost long ago.
  'dashgate_log_lines_dropped_total{sink="loki",instance="a"}': '7x90',
  'dashgate_audit_lines_total{result="failed",instance="a"}': '0x90',
  'dashgate_audit_chain_whole{instance="n"}': '1x90',
  'dashgate_audit_verified_timestamp_seconds{instance="n"}': '0x90',
  'dashgate_canary_crossings{tenant_id="north",dashboard="loss",surface="layout",instance="c"}':
    '0x90',
  'dashgate_canary_round_timestamp_seconds{instance="c"}': '0+60x90',
  'dashgate_canary_own_marks{tenant_id="north",dashboard="isolation-canary",surface="data_api",instance="c"}':
    '2x90',
  'dashgate_canary_asked_timestamp_seconds{tenant_id="north",dashboard="loss",instance="c"}':
    '0+60x90',
  'dashgate_http_requests_total{listener="public",dashboard="loss",status_class="2xx",instance="a"}':
    '0+9x90',
}

/** One thing that breaks on such a day: series that are another then, and the alerts that must fire. */
export interface BadDay {
  readonly what: string
  /** Beginning of a series, and its values. */
  readonly change: readonly [series: string, values: string]
  readonly alerts: readonly string[]
}

export const badDays: readonly BadDay[] = [
  {
    what: 'a gateway that does not answer',
    change: ['up{job="dashgate",', '1x57 0x90'],
    alerts: ['DashgateDown'],
  },
  {
    what: 'a process that ended',
    change: ['dashgate_process_ends', '0x55 1x90'],
    alerts: ['DashgateProcessEnds'],
  },
  {
    what: 'an event loop that is always late',
    change: ['nodejs_eventloop', '0.4x90'],
    alerts: ['DashgateEventLoopBusy'],
  },
  {
    what: 'a certificate with eleven days left',
    change: ['dashgate_tls', '1000000x90'],
    alerts: ['DashgateCertificateExpires'],
  },
  {
    what: 'a certificate with a day left',
    change: ['dashgate_tls', '90000x90'],
    alerts: ['DashgateCertificateExpires', 'DashgateCertificateExpiresSoon'],
  },
  {
    what: 'an app that is gone',
    change: ['dashgate_upstream_healthy', '1x55 0x90'],
    alerts: ['DashgateAppDown'],
  },
  {
    what: 'a queue before an app that never empties',
    change: ['dashgate_upstream_turns', '4x90'],
    alerts: ['DashgateAppBusy'],
  },
  {
    what: 'a pool that is always used up',
    change: ['dashgate_database_connections_waiting', '3x90'],
    alerts: ['DashgateDatabasePoolExhausted'],
  },
  {
    what: 'notifications that do not arrive',
    change: ['dashgate_database_notifications', '0x90'],
    alerts: ['DashgateNotificationsLost'],
  },
  {
    what: 'a provider that does not answer',
    change: ['dashgate_session_refreshes_total{result="failed"', '0+1x90'],
    alerts: ['DashgateRefreshesFail'],
  },
  {
    what: 'one revocation that took more than two seconds',
    change: ['dashgate_revocation_seconds_bucket', '0+1x62 62+1x20'],
    alerts: ['DashgateRevocationSlow'],
  },
  {
    what: 'lines of the log that nobody takes',
    change: ['dashgate_log_lines_dropped', '7x61 9x90'],
    alerts: ['DashgateLogLinesDropped'],
  },
  {
    what: 'an audit log that cannot be written',
    change: ['dashgate_audit_lines_total', '0x62 1x90'],
    alerts: ['DashgateAuditWritesFail'],
  },
  {
    what: 'an audit log that was changed',
    change: ['dashgate_audit_chain_whole', '1x63 0x90'],
    alerts: ['DashgateAuditChainBroken'],
  },
  {
    what: 'an audit log that was not checked for days',
    change: ['dashgate_audit_verified', '-200000x90'],
    alerts: ['DashgateAuditNotVerified'],
  },
  {
    what: 'a mark of the other tenant, once, ten minutes ago',
    change: ['dashgate_canary_crossings', '0x54 1 0x90'],
    alerts: ['DashgateIsolationBroken'],
  },
  {
    what: 'a canary that makes no rounds',
    change: ['dashgate_canary_round', '0+60x20 1200x90'],
    alerts: ['DashgateCanarySilent'],
  },
  {
    what: 'a canary that is gone',
    change: ['up{job="dashgate-canary"', '1x40 0x90'],
    alerts: ['DashgateCanarySilent'],
  },
  {
    what: 'a canary that does not see its own mark',
    change: ['dashgate_canary_own_marks', '0x90'],
    alerts: ['DashgateCanaryBlind'],
  },
  {
    what: 'a dashboard that is used and not asked',
    change: ['dashgate_canary_asked', '_x90'],
    alerts: ['DashgateDashboardNotAsked'],
  },
]
