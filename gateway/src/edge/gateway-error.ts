/** Headers that go with a refusal, for instance `Retry-After`. */
export type RefusalHeaders = Readonly<Record<string, string>>

/**
 * A refusal that a caller may read: `code` is stable for scripts, `message` says what happened and
 * what to do. What went wrong inside stays in `cause`, which is logged and never sent.
 */
export class GatewayError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: RefusalHeaders

  constructor(
    status: number,
    code: string,
    message: string,
    options: { cause?: unknown; headers?: RefusalHeaders } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'GatewayError'
    this.status = status
    this.code = code
    this.headers = options.headers ?? {}
  }
}

/** The answer to whoever has no session, or none any more. */
export const signInAgain = () =>
  new GatewayError(
    401,
    'session_expired',
    'You are not signed in, or your session has ended. Sign in again.',
  )
