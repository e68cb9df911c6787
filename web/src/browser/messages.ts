import { recordOf, type ViewContent } from './view.ts'

/** What a dashboard's frame and the shell around it say to each other; both are of this site. */
export type FrameMessage =
  | { type: 'dashgate:loading' }
  | { type: 'dashgate:ready' }
  | { type: 'dashgate:location'; path: string; title: string; slug: string }
  | Failure
  /** `tenant` is whom the frame was made for; a script's refused request does not say. */
  | { type: 'dashgate:tenant-mismatch'; tenant?: string }
  /** Somebody else is signed in than the person whom the frame was made for. */
  | { type: 'dashgate:person-mismatch' }
  | { type: 'dashgate:session-ended' }
  /** A socket was closed, perhaps because of who is signed in now. */
  | { type: 'dashgate:disconnected' }
  | Busy
  /** What waited has been answered. */
  | { type: 'dashgate:busy-over' }
  /** How far the page is, before it is there. */
  | { type: 'dashgate:progress'; step: LoadStep }
  /** What somebody has set on the page, for the shell to keep. */
  | { type: 'dashgate:captured'; content: ViewContent }
  /** A view is there, but for these. */
  | { type: 'dashgate:view-shown'; missing: string[] }
  /** Whether something is otherwise than in the view that was shown. */
  | { type: 'dashgate:view-changed'; changed: boolean }
  /** What had failed has been answered. */
  | { type: 'dashgate:part-over' }
  /** A person is at work in the frame. */
  | { type: 'dashgate:active' }

/** `page`: the dashboard did not load. `part`: one of its requests was not answered. */
export interface Failure {
  type: 'dashgate:failed'
  scope: 'page' | 'part'
  code: string
  requestId?: string
  title?: string
  text?: string
  /** What people call that part. */
  part?: string
  /** The frame can ask for it again. */
  canRetry?: boolean
}

/** In the order in which a page comes: its document, what runs it, what it consists of, its figures. */
export const LOAD_STEPS = ['document', 'scripts', 'layout', 'figures'] as const
export type LoadStep = (typeof LOAD_STEPS)[number]

/** What the shell asks of the frame, beside HELLO and RESUME. */
export type FrameOrder =
  | { type: 'dashgate:capture' }
  | { type: 'dashgate:show-view'; content: ViewContent }
  /** This is what the page is compared with from now on, as it has just been kept. */
  | { type: 'dashgate:keep-view'; content: ViewContent }
  /** Asks again for the part that has failed. */
  | { type: 'dashgate:retry' }
  | { type: 'dashgate:print' }

/** Requests of the frame were too many, of all of the tenant's people or of this one. */
export interface Busy {
  type: 'dashgate:busy'
  whose: 'tenant' | 'person'
  /** They are asked again by themselves. */
  waiting: boolean
}

/** The shell's script may start after the frame's: on this the frame repeats what it has said. */
export const HELLO = 'dashgate:hello'

/** The same person has signed in again for the same tenant: what was parked goes on. */
export const RESUME = 'dashgate:resume'

/** Between the tabs of one browser. */
export type TabMessage =
  { type: 'tenant'; tenant: string; name: string; user: string } | { type: 'signed-out' }

export const CHANNEL = 'dashgate'

export function isFrameMessage(data: unknown): data is FrameMessage {
  return typeOf(data)?.startsWith('dashgate:') === true
}

export function isFrameOrder(data: unknown): data is FrameOrder {
  return ORDERS.has(String(recordOf(data)['type']))
}

const ORDERS = new Set<string>([
  'dashgate:capture',
  'dashgate:show-view',
  'dashgate:keep-view',
  'dashgate:retry',
  'dashgate:print',
] satisfies FrameOrder['type'][])

export function isTabMessage(data: unknown): data is TabMessage {
  const type = typeOf(data)
  return type === 'tenant' || type === 'signed-out'
}

export function typeOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('type' in data)) return undefined
  return typeof data.type === 'string' ? data.type : undefined
}
