/** A service worker would answer for every dashboard of this site, long after its own page is closed. */
export function refuseServiceWorkers(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.register = async () => {
    throw new DOMException('Dashboards cannot register service workers here', 'NotAllowedError')
  }
}
