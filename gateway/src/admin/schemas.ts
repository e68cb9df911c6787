import { z } from 'zod'
import { isSlug } from '../tenant/slug.ts'

const slug = z.string().refine(isSlug, 'must be lower-case letters, digits and hyphens, at most 63')
const config = z.record(z.string(), z.json())

/** An image that is part of the page and can neither run nor call out when shown in `<img>`. */
const logo = z
  .string()
  .max(64 * 1024, 'must be at most 64 KiB')
  .regex(
    /^data:image\/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/,
    'must be a base64 data: URI of a PNG, JPEG, WebP or SVG image',
  )

const branding = z.strictObject({
  displayName: z.string().trim().min(1).max(100).optional(),
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
  displayName: z.string().trim().min(1).max(100).optional(),
  status: z.enum(['active', 'suspended']).optional(),
  branding: branding.optional(),
  config: config.optional(),
})

/** Body of PUT /admin/dashboards/{slug}. */
export const dashboardBody = z.strictObject({
  title: z.string().trim().min(1).max(100),
  description: z.string().trim().max(500).default(''),
  appUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .refine(
      (value) => /^https?:\/\/[^/?#@\s]+\/?$/.test(value),
      'must be an origin: no path, query or credentials',
    )
    .transform((value) => new URL(value).origin),
  defaultConfig: config.default({}),
})

const assignment = z.strictObject({
  slug,
  position: z.int().min(0).max(10_000).default(0),
  enabled: z.boolean().default(true),
  config: config.default({}),
})

/** Body of POST /admin/tenants/{id}/dashboards: one assignment, or several. */
export const assignmentsBody = z.union([
  assignment.transform((one) => [one]),
  z.array(assignment).min(1).max(500),
])

export const rotateSecretBody = z.strictObject({
  ring: z.enum(['cookie', 'tenant-token', 'data']).optional(),
})

/** Whose sessions end; exactly one of the three is given. */
export const revokeBody = z
  .strictObject({
    sessionId: z.string().min(16).max(128).optional(),
    sub: z.string().min(1).max(255).optional(),
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
  sub: z.string().max(255).optional(),
})
export const auditQuery = z.strictObject({
  ...page,
  tenantId: slug.optional(),
  action: z.string().max(100).optional(),
  before: z.coerce.number().int().positive().optional(),
})

export type TenantMetadata = z.infer<typeof tenantMetadata>
