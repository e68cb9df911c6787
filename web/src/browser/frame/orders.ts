import { type FrameOrder, isFrameOrder } from '../messages.ts'

/** Hears what the shell around this page asks for, and nobody else. */
export function hearOrders(obey: (order: FrameOrder) => void): void {
  if (parent === window) return
  addEventListener('message', ({ source, origin, data }) => {
    if (source === parent && origin === location.origin && isFrameOrder(data)) obey(data)
  })
}
