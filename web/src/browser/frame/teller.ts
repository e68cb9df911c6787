import { type FrameMessage, HELLO, typeOf } from '../messages.ts'

export interface Teller {
  tell: (message: FrameMessage) => void
}

/** Messages to the shell, if there is one; the latest of each kind is said again when the shell asks. */
export function createTeller(): Teller {
  const said = new Map<string, FrameMessage>()
  if (parent === window) return { tell() {} }

  addEventListener('message', (event) => {
    if (event.source !== parent || event.origin !== location.origin) return
    if (typeOf(event.data) === HELLO) for (const message of said.values()) send(message)
  })
  return {
    tell(message) {
      // A part that failed was a moment, not a state: saying it again would show the notice twice.
      const passing = message.type === 'dashgate:failed' && message.scope === 'part'
      if (!passing) said.set(message.type, message)
      send(message)
    },
  }
}

function send(message: FrameMessage): void {
  parent.postMessage(message, location.origin)
}
