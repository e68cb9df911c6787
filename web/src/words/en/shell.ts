/** What the shell's script says. Each language has a script of its own, so that none carries the others. */
export const shell = {
  loading: (title: string) => `Loading ${title}…`,
  slowTitle: 'This dashboard is taking long',
  slowText: (seconds: number) =>
    `It has not answered for ${seconds} seconds. It opens by itself if it still does; you can also try again.`,
  failedTitle: 'This dashboard did not load',
  failedText: 'Something went wrong while it started. Try again in a moment.',
  request: (id: string) => `Request ${id}`,
  tryingAgain:
    'Your organisation has much under way at the moment. What you asked for is tried again by itself.',
  givenUp:
    'Your organisation has much under way at the moment, and part of this dashboard was not answered. Try it again shortly.',
  tooMuchByPerson:
    'You have too much open or under way. Close some tabs, and try again in a moment.',
  partFailed: (request: string | undefined) =>
    `Part of this dashboard did not answer${request === undefined ? '' : ` (request ${request})`}.`,
  idleTitle: 'Are you still there?',
  idleText: 'Nothing was done here for a while, so you will be signed out.',
  idleAction: 'Stay signed in',
  ageTitle: 'Time to sign in again',
  ageText:
    'You have been signed in for as long as is allowed. Sign in again and this page goes on.',
  ageAction: 'Sign in again',
  secondsLeft: (seconds: number) => `${seconds} seconds left.`,
  minutesLeft: (minutes: number) => `${minutes} minutes left.`,
  anotherClient: 'another client',
  someoneElse: 'someone else',
  continueWith: (name: string) => `Continue with ${name}`,
  proceed: 'Continue',
  otherTenantTitle: (name: string) => `You are now working for ${name} in another tab`,
  otherTenantText: (name: string) =>
    `This page was opened for ${name}. To keep figures apart, only one client is open at a time.`,
  otherPersonTitle: (name: string) => `You are now signed in as ${name} in another tab`,
  otherPersonText: (name: string) => `This page was opened by ${name} and cannot be used any more.`,
  signedOutTitle: 'You have been signed out',
  signedOutText: 'You signed out in another tab, or your session has ended.',
  endedTitle: 'Your session has ended',
  endedText:
    'Sign in again in a window of its own, and this page goes on where you were. Nothing on it is lost.',
  signIn: 'Sign in',
  startAfresh: 'Start afresh',
  switchBack: (name: string) => `Switch back to ${name}`,
  /** The reason that goes with it. */
  wentBack: 'Went back to a page that was open',
  palette: 'Go to a dashboard, or do something',
  paletteNone: 'Nothing goes by that name',
  dashboard: 'Dashboard',
  client: 'Client',
  action: 'Action',
}

export type ShellWords = typeof shell
