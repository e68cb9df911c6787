import { type FrameMessage, HELLO, RESUME, typeOf } from '../messages.ts'

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
    if (typeOf(event.data) === RESUME) said.delete('dashgate:session-ended')
  })
  return {
    tell(message) {
      if (!isMoment(message)) said.set(message.type, message)
      send(message)
    },
  }
}

/** A moment, not a state: said again it would be another one. */
function isMoment(message: FrameMessage): boolean {
  if (message.type === 'dashgate:failed') return message.scope === 'part'
  return moments.has(message.type)
}

const moments = new Set<FrameMessage['type']>([
  'dashgate:active',
  'dashgate:disconnected',
  'dashgate:busy',
  'dashgate:busy-over',
  'dashgate:captured',
  'dashgate:part-over',
])

function send(message: FrameMessage): void {
  parent.postMessage(message, location.origin)
}
