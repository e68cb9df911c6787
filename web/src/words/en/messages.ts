import { html, type Markup } from '../../views/markup.ts'

/** Pages that say one thing. */
export const messages = {
  opening: {
    title: 'Opening…',
    text: 'If nothing happens, go on by hand.',
    action: 'Continue',
  },
  sessionEnded: {
    title: 'Your session has ended',
    page: 'Session ended',
    text: 'Sign in again to go on where you were.',
  },
  signedIn: {
    page: 'Signed in',
    title: 'You are signed in',
    text: 'Your page goes on where it was. You can close this window.',
    close: 'Close this window',
    goOnFor: (name: string) => `Go on for ${name}`,
    wentOn: 'Went on after signing in again',
    goOnForQuestion: (name: string) => `Go on for ${name}?`,
    goOnText: (name: Markup) =>
      html`Your page was opened for ${name}. It goes on once you work for that client again.`,
    otherClient: 'Another client',
  },
  signOut: {
    page: 'Sign out',
    title: 'Sign out?',
    text: (email: Markup) =>
      html`You are signed in as ${email}. Signing out ends your session in every tab.`,
    stay: 'Stay signed in',
  },
  signedOut: {
    page: 'Signed out',
    title: 'You are signed out',
    text: 'Your session has ended here. You can close this tab.',
    again: 'Sign in again',
  },
}
