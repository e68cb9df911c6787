import type { Words } from '../en.ts'

export const dashboard: Words['dashboard'] = {
  region: 'Dashboard',
  needsScript: 'Dieses Dashboard braucht JavaScript. Alles andere hier geht auch ohne.',
  didNotLoad: 'Dieses Dashboard wurde nicht geladen',
  tryAgain: 'Noch einmal versuchen',
  dismiss: 'Schließen',
}
