import type { FrameMessage } from '../messages.ts'
import { untilIdle } from './view/dash-page.ts'

/** Says how far the page is, each time from what has really happened. */
export function createProgress(tell: (message: FrameMessage) => void) {
  tell({ type: 'dashgate:progress', step: 'document' })
  addEventListener('DOMContentLoaded', () => tell({ type: 'dashgate:progress', step: 'scripts' }))

  return {
    layoutArrived: () => tell({ type: 'dashgate:progress', step: 'layout' }),
    /** The app has rendered; its first callbacks may still be under way. */
    async rendered(): Promise<void> {
      await untilIdle()
      tell({ type: 'dashgate:progress', step: 'figures' })
    },
  }
}
