import { z } from 'zod'
import { slugForm } from '../tenant/slug.ts'

/** Postgres takes neither NUL nor half a surrogate pair, in text as in jsonb. */
const isStorable = (value: string): boolean => !value.includes('\0') && value.isWellFormed()

const unstorable = 'holds a character that cannot be stored'

export const slug = z
  .string()
  .regex(slugForm, 'must be lower-case letters, digits and hyphens, at most 63')

export const text = z.string().refine(isStorable, unstorable)

/** What people read: no control, format or private-use characters. */
export const label = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{C}*$/u, 'holds a character that cannot be shown')

const deepest = 50

/** What is wrong with a JSON object as a config; it walks without recursion, however deep it is. */
function configFault(config: Readonly<Record<string, unknown>>): string | undefined {
  let level: unknown[] = [config]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return `is more than ${deepest} levels deep`
    if (level.some((value) => typeof value === 'string' && !isStorable(value))) return unstorable
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.entries(value).flat() : [],
    )
  }
  return undefined
}

export const config = z
  .record(z.string(), z.unknown(), 'must be an object')
  .superRefine((value, ctx) => {
    const message = configFault(value)
    if (message !== undefined) ctx.addIssue({ code: 'custom', message })
  })
  .meta({ id: 'Config', description: `Any JSON object of at most ${deepest} levels.` })

/** A moment as JSON has it. */
export const moment = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' })
