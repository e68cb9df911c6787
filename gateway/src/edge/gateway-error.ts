/** Headers that go with a refusal, for instance `Retry-After`. */
export type RefusalHeaders = Readonly<Record<string, string>>

/** Something that a person may do about a refusal: a link of ours, or a form with one button. */
export interface NextStep {
  readonly label: string
  readonly path: string
  readonly method?: 'post'
}

/**
 * A refusal that a caller may read: `code` is stable for scripts, `message` says what happened and
 * what to do. What went wrong inside stays in `cause`, which is logged and never sent.
 */
export class GatewayError extends Error {
  readonly status: number
  readonly code: string
  readonly headers: RefusalHeaders
  /** What its page offers, best first, in place of what pages of its status offer. */
  readonly next: readonly NextStep[]

  constructor(
    status: number,
    code: string,
    message: string,
    options: { cause?: unknown; headers?: RefusalHeaders; next?: readonly NextStep[] } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'GatewayError'
    this.status = status
    this.code = code
    this.headers = options.headers ?? {}
    this.next = options.next ?? []
  }

  /** The same refusal with what to do about it, for whoever knows that only further out. */
  offering(next: readonly NextStep[]): GatewayError {
    const { status, code, message, cause, headers } = this
    return new GatewayError(status, code, message, { cause, headers, next })
  }
}

/** The answer to whoever has no session, or none any more. */
export const signInAgain = () =>
  new GatewayError(
    401,
    'session_expired',
    'You are not signed in, or your session has ended. Sign in again.',
  )
