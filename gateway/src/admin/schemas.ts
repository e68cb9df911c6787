import { z } from 'zod'
import { isSlug } from '../tenant/slug.ts'
import { config, label, text } from './text.ts'

const slug = z.string().refine(isSlug, 'must be lower-case letters, digits and hyphens, at most 63')

/** An image that is part of the page and can neither run nor call out when shown in `<img>`. */
const logo = z
  .string()
  .max(64 * 1024, 'must be at most 64 KiB')
  .regex(
    /^data:image\/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/,
    'must be a base64 data: URI of a PNG, JPEG, WebP or SVG image',
  )

const branding = z.strictObject({
  displayName: label.optional(),
  logo: logo.optional(),
  colors: z
    .strictObject({
      primary: z
        .string()
        .regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb')
        .optional(),
    })
    .optional(),
})

/** Body of POST /admin/tenants/{id}/metadata; what is left out stays as it is. */
export const tenantMetadata = z.strictObject({
  displayName: label.optional(),
  status: z.enum(['active', 'suspended']).optional(),
  branding: branding.optional(),
  config: config.optional(),
})

/** As the table of dashboards wants it; a host name can grow when it is written in ASCII. */
const isOrigin = (value: string): boolean =>
  /^https?:\/\/[^/?#@\\\s]+\/?$/i.test(value) &&
  /^https?:\/\/[^/?#@\s]{1,200}$/.test(URL.parse(value)?.origin ?? '')

/** Body of PUT /admin/dashboards/{slug}. */
export const dashboardBody = z.strictObject({
  title: label,
  description: text.trim().max(500).default(''),
  appUrl: z
    .string()
    .refine(isOrigin, 'must be an http(s) origin: no path, query or credentials')
    .transform((value) => new URL(value).origin),
  defaultConfig: config.default({}),
})

const assignment = z.strictObject({
  slug,
  position: z.int().min(0).max(10_000).default(0),
  enabled: z.boolean().default(true),
  config: config.default({}),
})

const assignmentList = z.array(assignment).min(1).max(500)

/**
 * Body of POST /admin/tenants/{id}/dashboards: one assignment, or several. Not a union, whose faults
 * name no field.
 */
export const assignmentsBody = z.unknown().transform((body, ctx) => {
  const isList = Array.isArray(body)
  const parsed = isList ? assignmentList.safeParse(body) : z.tuple([assignment]).safeParse([body])
  if (parsed.success) return { isList, wanted: parsed.data }
  for (const { path, message } of parsed.error.issues) {
    ctx.addIssue({ code: 'custom', message, path: isList ? path : path.slice(1) })
  }
  return z.NEVER
})

export const rotateSecretBody = z.strictObject({
  ring: z.enum(['cookie', 'tenant-token', 'data']).optional(),
})

/** Whose sessions end; exactly one of the three is given. */
export const revokeBody = z
  .strictObject({
    sessionId: text.min(16).max(128).optional(),
    sub: text.min(1).max(255).optional(),
    tenantId: slug.optional(),
  })
  .refine(
    (body) => Object.values(body).filter((value) => value !== undefined).length === 1,
    'must name exactly one of sessionId, sub, tenantId',
  )

const page = { limit: z.coerce.number().int().min(1).max(500).default(100) }
export const sessionsQuery = z.strictObject({
  ...page,
  tenantId: slug.optional(),
  sub: text.max(255).optional(),
})
export const auditQuery = z.strictObject({
  ...page,
  tenantId: slug.optional(),
  action: text.max(100).optional(),
  before: z.coerce.number().int().positive().optional(),
})

export type TenantMetadata = z.infer<typeof tenantMetadata>
