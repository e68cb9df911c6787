import type { FrameMessage } from '../messages.ts'
import type { Patience } from './patience.ts'
import type { Parking } from './parking.ts'

/** What both ways to ask the gateway, fetch and XMLHttpRequest, have in common. */
export interface OwnRequests {
  /** Headers in which a request of this page repeats for which tenant and person it was made. */
  madeFor: Readonly<Record<string, string>>
  parking: Parking | undefined
  patience: Patience
  tell: (message: FrameMessage) => void
  /** What becomes of an answer of the app before the page has it. */
  answered?: (url: string, init: RequestInit | undefined, response: Response) => Promise<Response>
}

export function isOurs(url: string | URL): boolean {
  try {
    return new URL(url, document.baseURI).origin === location.origin
  } catch {
    return false
  }
}
