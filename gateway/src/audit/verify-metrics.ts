import type { Finding } from './chain.ts'

/**
 * What a check has found, in Prometheus's text format for the textfile collector of node_exporter. It is
 * written by the check alone: a gateway whose database was tampered with is nobody to ask.
 */
export function auditMetrics(found: Finding, now: Date): string {
  const { result } = found
  const lines = result === 'whole' ? found.last.id : found.at - 1
  return [
    '# HELP dashgate_audit_chain_whole 1 when each line of the audit log fitted the one before; 0 when it was tampered with.',
    '# TYPE dashgate_audit_chain_whole gauge',
    `dashgate_audit_chain_whole ${result === 'whole' ? 1 : 0}`,
    '# HELP dashgate_audit_verified_lines Lines of the audit log that are as they were written.',
    '# TYPE dashgate_audit_verified_lines gauge',
    `dashgate_audit_verified_lines ${lines}`,
    '# HELP dashgate_audit_verified_timestamp_seconds When the audit log was last checked.',
    '# TYPE dashgate_audit_verified_timestamp_seconds gauge',
    `dashgate_audit_verified_timestamp_seconds ${Math.floor(now.getTime() / 1000)}`,
    '',
  ].join('\n')
}
