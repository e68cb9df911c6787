import { z } from 'zod'
import { GatewayError } from '../edge/gateway-error.ts'

/** Saved filters belong to one user of one tenant on one dashboard. */
export interface PreferenceOwner {
  readonly tenantId: string
  /** Issuer and subject together are the user. */
  readonly issuer: string
  readonly sub: string
  readonly dashboard: string
}

/** Who changes something, in which request: for the audit log. */
export interface PreferenceWriter extends PreferenceOwner {
  readonly email: string
  readonly requestId: string
}

export interface Preference {
  readonly name: string
  readonly value: Readonly<Record<string, unknown>>
  /** What a dashboard opens with; one at most. */
  readonly isDefault: boolean
  /** Another one with each change, and no old one again after a removal: the entity tag is made of it. */
  readonly version: number
  readonly updatedAt: Date
}

export interface NewPreference extends Pick<Preference, 'name' | 'value'> {
  /** Left out, it stays as it is. */
  readonly isDefault?: boolean | undefined
}

export const namesPerOwner = 50
export const valueBytes = 32 * 1024
const deepest = 50

/** Letters, digits, punctuation, spaces; no control, format or private-use characters. */
const printable = /^[^\p{C}\p{Zl}\p{Zp}]+$/u

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const bodyShape = z.strictObject({
  // Not `z.record`, which makes a copy and leaves out a field with the name `__proto__`.
  value: z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object'),
  isDefault: z.boolean().optional(),
})

/** @throws {GatewayError} 400 when the name cannot be used */
export function preferenceName(text: string): string {
  const fits = text.length <= 100 && printable.test(text) && text === text.trim()
  if (!fits) {
    throw invalid('A name has 1 to 100 printable characters, and no blank at either end.', 'name')
  }
  return text
}

/** @throws {GatewayError} 400 or 413, naming the field that does not fit */
export function newPreference(name: string, body: unknown): NewPreference {
  // Before anything walks the value, which could go deeper than the stack does.
  if (isDeeperThan(body, deepest))
    throw invalid(`A value is at most ${deepest} levels deep.`, 'value')
  const parsed = bodyShape.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const field = issue?.path.join('.') || '(body)'
    throw invalid(`${field}: ${issue?.message ?? 'does not fit'}`, field)
  }
  const { value, isDefault } = parsed.data
  if (Buffer.byteLength(JSON.stringify(value)) > valueBytes) throw tooLarge()
  return {
    name: preferenceName(name),
    value,
    ...(isDefault === undefined ? {} : { isDefault }),
  }
}

export const tooLarge = () =>
  new GatewayError(
    413,
    'preference_too_large',
    'The value of a preference is at most 32 KiB of JSON.',
  )

export const invalid = (message: string, field: string, cause?: unknown) =>
  new GatewayError(400, field === 'name' ? 'invalid_name' : 'invalid_preference', message, {
    cause,
  })

function isDeeperThan(root: unknown, limit: number): boolean {
  let level: unknown[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return false
}
