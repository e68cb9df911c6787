import { html } from '../../views/markup.ts'
import type { Words } from '../en.ts'

export const frame: Words['frame'] = {
  skip: 'Zum Inhalt springen',
  account: 'Konto',
  staff: 'Mitarbeiter',
  viewer: 'Betrachter',
  switchClient: 'Mandant wechseln',
  yourAccount: 'Ihr Konto',
  signOut: 'Abmelden',
  signIn: 'Anmelden',
  allDashboards: 'Alle Dashboards',
  activeClient: 'Aktiver Mandant',
  lookingAt: (name) => html`Sie sehen ${name}`,
  whatTheySee: 'Was dort davon zu sehen ist',
  accessLog: 'Wer unsere Daten angesehen hat',
  goTo: 'Gehe zu …',
  usage: 'Nutzung',
}
