import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { canonicalTarget } from '../edge/canonical-path.ts'
import type { AdminEnv, OperatorProof } from './admin-env.ts'
import { certificateHolder, seenCertificate, thumbprintOf } from './certificate.ts'
import type { RateLimits } from './rate-limit.ts'
import { Refusal } from './refusal.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { TokenClient } from './token-claims.ts'

/** How a caller proves who it is: `ADMIN_AUTH`. */
export type AdminAuth = 'certificate' | 'token' | 'either' | 'both'

/** Who calls the admin API. */
export interface Operator {
  /** Client id of the token where there is one, else the name on the certificate. */
  readonly id: string
  readonly proof: OperatorProof
}

export interface OperatorOptions {
  readonly auth: AdminAuth
  /** Names on client certificates that may come in. */
  readonly allowedSubjects: readonly string[]
  /** @param thumbprint of the certificate on the same connection */
  readonly verifyToken: (token: string, thumbprint: string | undefined) => Promise<TokenClient>
  readonly limits: RateLimits
  readonly refusals: Pick<RefusalLog, 'record'>
}

type Checks = Pick<OperatorOptions, 'auth' | 'allowedSubjects' | 'verifyToken'>

/** The scheme is not case-sensitive, the token is one word (RFC 6750 §2.1, RFC 9110 §11.1). */
const bearer = /^bearer +([A-Za-z0-9._~+/=-]+)$/i

/** `Authorization`, from the raw list: of two, node would show the first. */
const credentialsOf = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'authorization',
  )

async function byToken(incoming: IncomingMessage, { verifyToken }: Checks): Promise<Operator> {
  const [credentials, ...more] = credentialsOf(incoming)
  if (credentials === undefined) {
    throw new Refusal('token_missing', 'Send an access token as Authorization: Bearer.')
  }
  const token = more.length === 0 ? bearer.exec(credentials)?.[1] : undefined
  if (token === undefined) {
    throw new Refusal('token_invalid', 'Send one access token as Authorization: Bearer.')
  }
  const { id } = await verifyToken(token, thumbprintOf(incoming.socket))
  return { id, proof: { via: 'token', client: id } }
}

function byCertificate({ socket }: IncomingMessage, { allowedSubjects }: Checks): Operator {
  const { name, certificate } = certificateHolder(socket, allowedSubjects)
  const { fingerprint } = certificate
  return { id: name, proof: { via: 'certificate', certificate: name, fingerprint } }
}

/** A token that was sent is the one that counts, good or not; else the certificate does. */
async function byEither(incoming: IncomingMessage, checks: Checks): Promise<Operator> {
  if (credentialsOf(incoming).length > 0) return byToken(incoming, checks)
  if (seenCertificate(incoming.socket)) return byCertificate(incoming, checks)
  throw new Refusal('certificate_missing', 'Send a client certificate or an access token.', {
    asksForToken: true,
  })
}

/** The certificate first: who has none makes us ask the provider for nothing. */
async function byBoth(incoming: IncomingMessage, checks: Checks): Promise<Operator> {
  const holder = byCertificate(incoming, checks)
  const client = await byToken(incoming, checks)
  return { id: client.id, proof: { ...holder.proof, ...client.proof, via: 'both' } }
}

const ways: Readonly<
  Record<AdminAuth, (incoming: IncomingMessage, checks: Checks) => Operator | Promise<Operator>>
> = { certificate: byCertificate, token: byToken, either: byEither, both: byBoth }

/**
 * Who calls the admin API? The first question of its listener: nothing else of it answers before, not
 * even that something does not exist. Refusals are recorded; whoever does not come in is limited by
 * address, operators by name.
 */
export function requireOperator({ limits, refusals, ...checks }: OperatorOptions) {
  async function recordRefusal(c: Context<AdminEnv>, { reason, known }: Refusal): Promise<void> {
    const { socket, method = '' } = c.env.incoming
    const certificate = seenCertificate(socket)
    await refusals.record({
      reason,
      known: { ...(certificate && { certificate }), ...known },
      address: addressOf(socket),
      requestId: c.get('requestId'),
      method,
      path: c.get('target').path,
    })
  }

  return createMiddleware<AdminEnv>(async function requireOperator(c, next) {
    const { incoming } = c.env
    // For the logs; intake decides later whether it is well formed.
    const path = canonicalTarget(incoming.url ?? '')?.path ?? '(refused)'
    c.set('target', { path, query: '' })
    let operator: Operator
    try {
      operator = await ways[checks.auth](incoming, checks)
    } catch (error) {
      if (error instanceof Refusal) await recordRefusal(c, error)
      // Also where the provider cannot be asked: each such token is a line in the log.
      await limits.refused(addressOf(incoming.socket))
      throw error
    }
    await limits.operator(`${operator.proof.via} ${operator.id}`)
    c.set('operator', operator.id)
    c.set('operatorProof', operator.proof)
    await next()
  })
}

const addressOf = ({ remoteAddress }: Socket): string => remoteAddress ?? 'unknown'
