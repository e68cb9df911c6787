import { z } from 'zod'
import { json, type Operation } from './operation.ts'
import { nextCursor, pageFields } from './page.ts'
import { config, label, moment, slug } from './text.ts'

/** An image that is part of the page and can neither run nor call out when shown in `<img>`. */
const logo = z
  .string()
  .max(64 * 1024, 'must be at most 64 KiB')
  .regex(
    /^data:image\/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+=*$/,
    'must be a base64 data: URI of a PNG, JPEG, WebP or SVG image',
  )

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb')

const branding = z
  .strictObject({
    displayName: label.optional(),
    logo: logo.optional(),
    colors: z
      .strictObject({
        primary: colour.optional(),
        accent: colour.optional().meta({ description: 'For what stands out in pictures.' }),
      })
      .optional(),
  })
  .meta({ id: 'Branding', description: 'How the pages around a dashboard look.' })

const status = z
  .enum(['active', 'suspended'])
  .meta({ description: 'Nobody sees anything of a suspended tenant; its data stay.' })

const limit = (description: string) =>
  z.int().min(1).max(10_000_000).optional().meta({ description })

const limits = z
  .strictObject({
    requestsPerMinute: limit('Requests of all its people in a minute.'),
    userRequestsPerMinute: limit('Requests of each of them in a minute.'),
    requestsAtOnce: limit('Requests that one app works at for all of them at once.'),
    userRequestsAtOnce: limit('Requests that one app works at for each of them at once.'),
    streams: limit('WebSockets and long answers that all of them have open.'),
    userStreams: limit('WebSockets and long answers that each of them has open.'),
  })
  .meta({
    id: 'TenantLimits',
    description:
      'How much of each gateway process the tenant may use; what is left out is as the settings say for all.',
  })

const tenant = z
  .object({
    id: slug,
    displayName: z.string(),
    status,
    branding,
    config,
    limits,
    createdAt: moment,
    updatedAt: moment,
  })
  .meta({ id: 'Tenant' })

export const tenantMetadata = z
  .strictObject({
    displayName: label.optional(),
    status: status.optional(),
    branding: branding.optional(),
    config: config.optional().meta({
      description:
        'Settings for all its dashboards; what a dashboard does not know is left out there.',
    }),
    limits: limits.optional(),
  })
  .meta({ id: 'TenantMetadata' })

/** As it is sent; what is left out has its default. */
const wantedAssignment = z
  .strictObject({
    slug,
    position: z.int().min(0).max(10_000).default(0).meta({ description: 'Place in the list.' }),
    enabled: z.boolean().default(true).meta({ description: 'False keeps it, but hides it.' }),
    config: config.default({}).meta({ description: 'Settings for this dashboard alone.' }),
  })
  .meta({ id: 'WantedAssignment' })

export type WantedAssignment = z.infer<typeof wantedAssignment>

const assignment = z
  .object({ slug, position: z.int(), enabled: z.boolean(), config })
  .meta({ id: 'Assignment' })

const tenantWithDashboards = tenant
  .extend({
    dashboards: z.array(assignment),
    configFaults: z
      .array(z.object({ field: z.string(), message: z.string(), dashboard: z.string().optional() }))
      .meta({
        description:
          'What of the stored settings does not fit a dashboard, which then gets none at all. Empty ' +
          'unless somebody changed the database by hand.',
      }),
  })
  .meta({ id: 'TenantWithDashboards' })

export const wantedAssignments = z.union([
  wantedAssignment,
  z.array(wantedAssignment).min(1).max(500),
])

const id = { id: slug.meta({ description: 'The tenant.', example: 'hooli' }) }
const idAndSlug = {
  ...id,
  slug: slug.meta({ description: 'The dashboard.', example: 'loss-development' }),
}

const exampleMetadata = {
  displayName: 'Hooli Re',
  branding: {
    displayName: 'Hooli',
    logo: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=',
    colors: { primary: '#1d4ed8' },
  },
  config: { currency: 'USD' },
  limits: { requestsPerMinute: 6000 },
}

const exampleTenant = {
  id: 'hooli',
  status: 'active',
  ...exampleMetadata,
  createdAt: '2026-11-23T09:00:00.000Z',
  updatedAt: '2026-11-23T09:00:00.000Z',
}

const exampleAssignment = { slug: 'loss-development', position: 0, enabled: true, config: {} }

export const tenantSorts = ['id', 'displayName', 'createdAt', 'updatedAt'] as const

export const listTenants = {
  method: 'get',
  path: '/admin/tenants',
  name: 'listTenants',
  tag: 'tenants',
  summary: 'Which tenants there are',
  query: z.strictObject(pageFields(tenantSorts, 'id')),
  answers: {
    200: {
      description: 'A page of the list.',
      content: json(z.object({ tenants: z.array(tenant), nextCursor }), {
        tenants: [exampleTenant],
        nextCursor: null,
      }),
    },
  },
} as const satisfies Operation

export const readTenant = {
  method: 'get',
  path: '/admin/tenants/{id}',
  name: 'readTenant',
  tag: 'tenants',
  summary: 'One tenant, and the dashboards that are assigned to it in their order',
  params: z.object(id),
  missing: 'The tenant',
  answers: {
    200: {
      description: 'The tenant.',
      content: json(tenantWithDashboards, {
        ...exampleTenant,
        dashboards: [exampleAssignment],
        configFaults: [],
      }),
    },
  },
} as const satisfies Operation

export const changeTenant = {
  method: 'post',
  path: '/admin/tenants/{id}/metadata',
  name: 'changeTenant',
  tag: 'tenants',
  summary: 'Create a tenant, or change its name, status, branding, config or limits',
  description:
    'What is left out stays as it is; `branding`, `config` and `limits` are replaced as a whole. Its ' +
    'data lie in storage below `processed/{id}/`.',
  params: z.object(id),
  body: { schema: tenantMetadata, example: exampleMetadata },
  answers: {
    200: { description: 'The tenant as it is now.', content: json(tenant, exampleTenant) },
    201: { description: 'The tenant, which is new.', content: json(tenant, exampleTenant) },
  },
} as const satisfies Operation

export const assignDashboards = {
  method: 'post',
  path: '/admin/tenants/{id}/dashboards',
  name: 'assignDashboards',
  tag: 'tenants',
  summary: 'Assign one dashboard or several, or change how they are assigned',
  description:
    'Each that is named is then as sent, with defaults for what is left out; others stay.',
  params: z.object(id),
  body: { schema: wantedAssignments, example: [exampleAssignment] },
  missing: 'The tenant',
  answers: {
    200: {
      description: 'All that the tenant has now.',
      content: json(z.object({ dashboards: z.array(assignment) }), {
        dashboards: [exampleAssignment],
      }),
    },
  },
} as const satisfies Operation

export const removeDashboard = {
  method: 'delete',
  path: '/admin/tenants/{id}/dashboards/{slug}',
  name: 'removeDashboard',
  tag: 'tenants',
  summary: 'Take a dashboard away from a tenant',
  params: z.object(idAndSlug),
  missing: 'The tenant',
  answers: { 204: { description: 'It is not assigned (any more).' } },
} as const satisfies Operation
