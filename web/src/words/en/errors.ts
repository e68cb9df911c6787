import { html, type Markup } from '../../views/markup.ts'

/** By code, or in English, where the gateway says it. */
type ByCode = Readonly<Record<string, string>>

/** Pages that say what went wrong. */
export const errors = {
  kicker: (status: number) => `Error ${status}`,
  somethingWrong: 'Something went wrong',
  request: 'Request',
  code: 'Code',
  tryAgain: 'Try again',
  ask: (whom: Markup) => html`If you cannot go on, ask ${whom} and name the request below.`,
  titles: {
    400: 'This request could not be read',
    401: 'Please sign in',
    403: 'This is not allowed',
    404: 'Nothing here',
    409: 'You have switched to another client',
    413: 'That was too large',
    414: 'This address is too long',
    429: 'Too much at once',
    431: 'Too much to read',
    502: 'The dashboard does not answer',
    503: 'Not available at the moment',
    504: 'The dashboard took too long',
  } as Readonly<Record<number, string>>,
  /** Headlines of errors whose status has another one. */
  titlesByCode: {
    too_many_cookies: 'Too many cookies',
    session_not_kept: 'You are not signed in',
    session_not_lasting: 'You do not stay signed in',
    no_such_session: 'This session is not here any more',
    sign_in_limited: 'Too many sign-ins',
    tenant_busy: 'Busy at the moment',
    sign_in_lost: 'This sign-in is over',
    sign_in_failed: 'Signing in did not work',
    sign_in_cancelled: 'You are not signed in',
    password_forgotten: 'You need a new password',
    claims_unusable: 'Your account cannot be used here',
    wrong_policy: 'Your account cannot be used here',
    wrong_directory: 'Your account cannot be used here',
  } as ByCode,
  /** The gateway's own sentences are in English; other languages say theirs by the code. */
  messages: {} as ByCode,
  /** Likewise what may be done next, by its English label. */
  steps: {} as ByCode,
  tooLarge: {
    page: 'Too large',
    cookies: 'Too many cookies',
    other: 'Too much to read',
    cookiesText: [
      'Your browser sends more cookies with each request than this site reads; another site of the same domain may have set them. It has just been asked to remove them.',
      'Try again. If this page comes back, remove the cookies of this site in your browser’s settings. You may have to sign in afterwards.',
    ],
    otherText: [
      'The address or another part of the request is longer than this site reads. Start from the home page; if this page comes back, remove the cookies of this site in your browser’s settings.',
    ],
  },
}
