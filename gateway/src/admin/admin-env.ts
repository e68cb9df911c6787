import type { Context } from 'hono'
import type { AuditLine } from '../audit/audit-store.ts'
import type { GatewayBindings, GatewayVariables } from '../request-context.ts'

/** How an operator has proven who it is; audit lines keep it. */
export type OperatorProof = Readonly<{
  via: 'certificate' | 'token' | 'both'
  /** Name and fingerprint (SHA-256) of the client certificate. */
  certificate?: string
  fingerprint?: string
  /** Client id of the access token. */
  client?: string
}>

export interface AdminEnv {
  Bindings: GatewayBindings
  Variables: GatewayVariables & {
    /** Who calls: a client id, or the name on a client certificate. */
    operator: string
    operatorProof: OperatorProof
  }
}

/** The parts of an audit line that every change of an operator has in common. */
export const audited = (c: Context<AdminEnv>): Pick<AuditLine, 'actor' | 'requestId'> => ({
  actor: { type: 'client', id: c.get('operator'), proof: c.get('operatorProof') },
  requestId: c.get('requestId'),
})
