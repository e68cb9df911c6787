import type { Context } from 'hono'
import type { AuditLine } from '../audit/audit-store.ts'
import type { GatewayBindings, GatewayVariables } from '../request-context.ts'

export interface AdminEnv {
  Bindings: GatewayBindings
  Variables: GatewayVariables & {
    /** Name on the client certificate that was found on the allowlist. */
    operator: string
  }
}

/** The parts of an audit line that every change of an operator has in common. */
export const audited = (c: Context<AdminEnv>): Pick<AuditLine, 'actor' | 'requestId'> => ({
  actor: { type: 'client', id: c.get('operator') },
  requestId: c.get('requestId'),
})
