import { replaceGetter } from './intercept.ts'
import type { OwnNames } from './own-names.ts'

/**
 * Tabs of one owner talk to each other, and to nobody else: not to other dashboards, and not to the
 * shells, whose channel says who has signed out.
 */
export function keepChannelsApart(names: OwnNames): void {
  window.BroadcastChannel = new Proxy(window.BroadcastChannel, {
    construct: (target, [name, ...rest]: [unknown, ...unknown[]], newTarget) =>
      Reflect.construct(target, [names.full(name), ...rest], newTarget) as BroadcastChannel,
  })
  replaceGetter(BroadcastChannel.prototype, 'name', (full) => names.short(full) ?? full)
}

/** Browsers share a worker among all pages that name the same script and the same name. */
export function keepSharedWorkersApart(names: OwnNames): void {
  if (!('SharedWorker' in window)) return
  window.SharedWorker = new Proxy(window.SharedWorker, {
    construct(target, args: ConstructorParameters<typeof SharedWorker>, newTarget) {
      const [script, options = {}] = args
      const given: WorkerOptions = typeof options === 'string' ? { name: options } : options
      const named = { ...given, name: names.full(given.name ?? '') }
      return Reflect.construct(target, [script, named], newTarget) as SharedWorker
    },
  })
}
