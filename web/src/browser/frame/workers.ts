/** A service worker would answer for every dashboard of this site, long after its own page is closed. */
export function refuseServiceWorkers(): void {
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.register = async () => {
    throw new DOMException('Dashboards cannot register service workers here', 'NotAllowedError')
  }
}

/** Dash's WebSocket lives in a SharedWorker that tabs share by address and name: each owner gets its own. */
export function keepSharedWorkersApart(prefix: string): void {
  if (typeof SharedWorker === 'undefined') return
  const Real = SharedWorker
  window.SharedWorker = class extends Real {
    constructor(url: string | URL, options?: string | WorkerOptions) {
      const given = typeof options === 'string' ? { name: options } : options
      super(url, { ...given, name: `${prefix}${given?.name ?? ''}` })
    }
  }
}
