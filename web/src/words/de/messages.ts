import { html } from '../../views/markup.ts'
import type { Words } from '../en.ts'

export const messages: Words['messages'] = {
  opening: {
    title: 'Wird geöffnet …',
    text: 'Wenn nichts geschieht, gehen Sie von Hand weiter.',
    action: 'Weiter',
  },
  sessionEnded: {
    title: 'Ihre Sitzung ist beendet',
    page: 'Sitzung beendet',
    text: 'Melden Sie sich wieder an, um dort weiterzumachen, wo Sie waren.',
  },
  signedIn: {
    page: 'Angemeldet',
    title: 'Sie sind angemeldet',
    text: 'Ihre Seite geht weiter, wo sie war. Sie können dieses Fenster schließen.',
    close: 'Fenster schließen',
    goOnFor: (name) => `Weiter für ${name}`,
    wentOn: 'Weiter nach erneuter Anmeldung',
    goOnForQuestion: (name) => `Weiter für ${name}?`,
    goOnText: (name) =>
      html`Ihre Seite wurde für ${name} geöffnet. Sie geht weiter, sobald Sie wieder für diesen
      Mandanten arbeiten.`,
    otherClient: 'Ein anderer Mandant',
  },
  signOut: {
    page: 'Abmelden',
    title: 'Abmelden?',
    text: (email) =>
      html`Sie sind als ${email} angemeldet. Abmelden beendet Ihre Sitzung in allen Tabs.`,
    stay: 'Angemeldet bleiben',
  },
  signedOut: {
    page: 'Abgemeldet',
    title: 'Sie sind abgemeldet',
    text: 'Ihre Sitzung ist hier beendet. Sie können diesen Tab schließen.',
    again: 'Wieder anmelden',
  },
}
