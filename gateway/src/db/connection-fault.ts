import { DrizzleQueryError } from 'drizzle-orm'
import { GatewayError } from '../edge/gateway-error.ts'

/** Codes of node, of postgres.js and of our own socket that say: no connection, or none any more. */
const connectionCodes = new Set([
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'TLS_FAILED',
])

/** SQLSTATEs (PostgreSQL, appendix A) after which the same request may succeed a moment later. */
const passingStates = new Set([
  '25P03', // idle_in_transaction_session_timeout
  '25P04', // transaction_timeout
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '53300', // too_many_connections
  '55P03', // lock_not_available
  '57014', // query_canceled, by statement_timeout
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
])

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/**
 * Drizzle wraps each failure in an error whose message repeats the statement and all its values,
 * which may be secrets; what lies below says what happened and no more.
 */
const unwrapped = (error: unknown): unknown =>
  error instanceof DrizzleQueryError && error.cause ? error.cause : error

/** SQLSTATE or code of what lies below; empty when it has none. */
export const sqlState = (error: unknown): string => codeOf(unwrapped(error))

export const databaseUnavailable = (cause: unknown): GatewayError =>
  new GatewayError(
    503,
    'database_unavailable',
    'The database cannot be reached at the moment. Try again in a few seconds.',
    { cause, headers: { 'Retry-After': '5' } },
  )

/** Whether the connection itself is gone, or never was. */
export const isConnectionLoss = (error: unknown): boolean => connectionCodes.has(sqlState(error))

/** What a failed transaction means: 503 where waiting helps, otherwise the error itself. */
export function databaseError(thrown: unknown): unknown {
  const error = unwrapped(thrown)
  const code = codeOf(error)
  const passing = connectionCodes.has(code) || passingStates.has(code) || code.startsWith('08')
  return passing ? databaseUnavailable(error) : error
}
