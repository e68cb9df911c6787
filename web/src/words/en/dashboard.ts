/** The page around a dashboard, as it comes from the server. */
export const dashboard = {
  region: 'Dashboard',
  needsScript: 'This dashboard needs JavaScript. Everything else here works without it.',
  didNotLoad: 'This dashboard did not load',
  tryAgain: 'Try again',
  dismiss: 'Dismiss',
}
