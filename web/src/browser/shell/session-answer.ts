import type { Other } from './overlay-content.ts'

/** How long the session lasts if nobody does anything, and what would end it. */
export interface TimeLeft {
  secondsLeft: number
  endsBy: 'idle' | 'age'
}

/** Who is signed in, out of GET /session; a field of another shape is left out rather than guessed. */
export function readSession(answer: unknown): Other {
  if (!isRecord(answer)) return {}
  const tenant = idOf(answer['activeTenant']) ?? idOf(answer['tenant'])
  const known = [answer['tenant'], ...(Array.isArray(answer['tenants']) ? answer['tenants'] : [])]
  const tenantName = known
    .filter((one) => idOf(one) === tenant)
    .map(nameOf)
    .find(Boolean)
  return { user: emailOf(answer['user']), tenant, tenantName }
}

export function readTimeLeft(answer: unknown): TimeLeft | undefined {
  if (!isRecord(answer)) return undefined
  const { secondsLeft, endsBy } = answer
  const seconds = typeof secondsLeft === 'string' ? Number(secondsLeft) : secondsLeft
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined
  return { secondsLeft: seconds, endsBy: endsBy === 'age' ? 'age' : 'idle' }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function idOf(value: unknown): string | undefined {
  return isRecord(value) ? text(value['id']) : text(value)
}

function nameOf(value: unknown): string | undefined {
  return isRecord(value) ? text(value['displayName']) : undefined
}

function emailOf(value: unknown): string | undefined {
  return isRecord(value) ? text(value['email']) : text(value)
}
