import type { Other } from './overlay-content.ts'

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
