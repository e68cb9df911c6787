import { requireOperator, type OperatorOptions } from '../src/admin/operator.ts'
import { createRateLimits } from '../src/admin/rate-limit.ts'
import { createRefusalLog } from '../src/admin/refusal-log.ts'
import type { AuditStore } from '../src/audit/audit-store.ts'

/** What the API's description says of that. */
export const describedAccess = {
  auth: 'either',
  discoveryUrl: 'https://op.example/.well-known/openid-configuration',
  audience: 'dashgate-admin',
  role: 'dashgate.admin',
} as const

/** Lets operators in by certificate, as often as they like, but for what is said otherwise. */
export const operators = (audit: AuditStore, options: Partial<OperatorOptions> = {}) =>
  requireOperator({
    auth: 'certificate',
    allowedSubjects: ['pipeline'],
    verifyToken: () => Promise.reject(new Error('no token is expected')),
    limits: createRateLimits(1_000_000),
    refusals: createRefusalLog({
      audit,
      onFault: (error) => {
        throw error
      },
    }),
    ...options,
  })
