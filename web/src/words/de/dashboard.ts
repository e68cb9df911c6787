import type { Words } from '../en.ts'

export const dashboard: Words['dashboard'] = {
  region: 'Dashboard',
  needsScript: 'Dieses Dashboard braucht JavaScript. Alles andere hier geht auch ohne.',
  didNotLoad: 'Dieses Dashboard wurde nicht geladen',
  tryAgain: 'Noch einmal versuchen',
  dismiss: 'Schließen',
  progress: 'Wird geladen',
  views: 'Ansichten',
  changed: 'geändert',
  more: 'Mehr',
  fullScreen: 'Ganzer Bildschirm',
  print: 'Drucken oder als PDF sichern',
  report: 'Ein Problem melden',
  copyRequest: 'Nummer der Anfrage kopieren',
  request: 'Anfrage',
  dataOf: (day) => `Daten vom ${day}`,
  mailSubject: (title) => `Problem mit ${title}`,
  mailBody: (request) => `Was geschehen ist:\n\n\nAnfrage: ${request}`,
}
