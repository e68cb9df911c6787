import { z } from 'zod'
import { json, type Operation } from './operation.ts'
import { nextCursor, pageFields } from './page.ts'
import { config, label, moment, slug, text } from './text.ts'

/** As the table of dashboards wants it; a host name can grow when it is written in ASCII. */
const isOrigin = (value: string): boolean =>
  /^https?:\/\/[^/?#@\\\s]+\/?$/i.test(value) &&
  /^https?:\/\/[^/?#@\s]{1,200}$/.test(URL.parse(value)?.origin ?? '')

const origin = z
  .string()
  .refine(isOrigin, 'must be an http(s) origin: no path, query or credentials')
  .transform((value) => new URL(value).origin)

const mostReplicas = 16
const replicaUrlsText =
  'Origins at which the same app runs as well. Each session keeps to one of all addresses while it can ' +
  'be reached.'

const defaultConfigText =
  'Settings; over them come those of the tenant, then those of its assignment (RFC 7396).'
const configSchemaText =
  'JSON Schema 2020-12 of the settings, without `$id` and with references to `#/$defs/…` only; its ' +
  'patterns are those of RE2. Null takes any settings. Every tenant that has the dashboard must fit.'

export const dashboardBody = z
  .strictObject({
    title: label,
    description: text.trim().max(500).default(''),
    appUrl: origin.meta({ description: 'Origin of the Dash app: scheme, host and port.' }),
    replicaUrls: z
      .array(origin)
      .max(mostReplicas)
      .refine((urls) => new Set(urls).size === urls.length, 'names an address twice')
      .default([])
      .meta({ description: replicaUrlsText }),
    defaultConfig: config.default({}).meta({ description: defaultConfigText }),
    configSchema: config.nullable().default(null).meta({ description: configSchemaText }),
  })
  .meta({ id: 'WantedDashboard' })

const dashboard = z
  .object({
    slug,
    title: z.string(),
    description: z.string(),
    appUrl: z.string(),
    replicaUrls: z.array(z.string()),
    defaultConfig: config,
    configSchema: config.nullable(),
    createdAt: moment,
    updatedAt: moment,
  })
  .meta({ id: 'Dashboard' })

const params = z.object({
  slug: slug.meta({ description: 'The dashboard.', example: 'loss-development' }),
})

const exampleBody = {
  title: 'Loss development',
  description: 'Triangles, age-to-age factors and chain-ladder ultimates',
  appUrl: 'http://127.0.0.1:8051',
  replicaUrls: ['http://127.0.0.1:8061'],
  defaultConfig: { filters: { basis: { options: ['paid', 'incurred'], default: 'paid' } } },
  configSchema: {
    type: 'object',
    properties: {
      filters: {
        properties: {
          basis: { properties: { options: { items: { enum: ['paid', 'incurred'] } } } },
        },
      },
      visible: { properties: { triangle: { type: 'boolean' } } },
    },
    additionalProperties: false,
  },
}

const exampleDashboard = {
  slug: 'loss-development',
  ...exampleBody,
  createdAt: '2026-11-23T09:00:00.000Z',
  updatedAt: '2026-11-23T09:00:00.000Z',
}

export const dashboardSorts = ['slug', 'title', 'createdAt', 'updatedAt'] as const

export const listDashboards = {
  method: 'get',
  path: '/admin/dashboards',
  name: 'listDashboards',
  tag: 'dashboards',
  summary: 'Which dashboards there are',
  query: z.strictObject(pageFields(dashboardSorts, 'slug')),
  answers: {
    200: {
      description: 'A page of the list.',
      content: json(z.object({ dashboards: z.array(dashboard), nextCursor }), {
        dashboards: [exampleDashboard],
        nextCursor: null,
      }),
    },
  },
} as const satisfies Operation

export const readDashboard = {
  method: 'get',
  path: '/admin/dashboards/{slug}',
  name: 'readDashboard',
  tag: 'dashboards',
  summary: 'One dashboard',
  params,
  missing: 'The dashboard',
  answers: { 200: { description: 'The dashboard.', content: json(dashboard, exampleDashboard) } },
} as const satisfies Operation

export const putDashboard = {
  method: 'put',
  path: '/admin/dashboards/{slug}',
  name: 'putDashboard',
  tag: 'dashboards',
  summary: 'Create a dashboard or replace what is said of it',
  description: 'It is then as sent, with defaults for what is left out.',
  params,
  body: { schema: dashboardBody, example: exampleBody },
  answers: {
    200: {
      description: 'The dashboard as it is now.',
      content: json(dashboard, exampleDashboard),
    },
    201: {
      description: 'The dashboard, which is new.',
      content: json(dashboard, exampleDashboard),
    },
  },
} as const satisfies Operation
