import { z } from 'zod'
import { json, type Operation } from './operation.ts'
import { nextCursor, pageFields } from './page.ts'
import { moment, slug, text } from './text.ts'

const auditLine = z
  .object({
    id: z.int(),
    at: moment,
    action: z.string(),
    actorType: z.enum(['user', 'client', 'gateway']),
    actor: z.string(),
    actorEmail: z.string().nullable(),
    tenantId: z.string().nullable(),
    dashboardSlug: z.string().nullable(),
    requestId: z.string(),
    detail: z.record(z.string(), z.unknown()),
    prevHash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditLine', description: 'Each holds the hash of the one before it.' })

const exampleLine = {
  id: 7,
  at: '2026-11-23T09:00:00.000Z',
  action: 'tenant.changed',
  actorType: 'client',
  actor: 'dashgate-operator',
  actorEmail: null,
  tenantId: 'hooli',
  dashboardSlug: null,
  requestId: '4bf92f3577b34da6a3ce929d0e0e4736',
  detail: { before: null, after: { id: 'hooli', displayName: 'Hooli Re' } },
  prevHash: '0'.repeat(64),
  hash: '3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea',
} as const

export const auditSorts = ['id'] as const

/** Postgres has no year 0, and nothing here is older than that. */
const sinceEver = z.iso
  .datetime({ offset: true, abort: true })
  .refine((at) => Date.parse(at) >= 0, 'must be a moment since 1970')

const auditQuery = z.strictObject({
  ...pageFields(auditSorts, '-id'),
  tenantId: slug.optional(),
  actor: text.min(1).max(800).optional().meta({
    description: 'Subject of a user, name of a client, or e-mail address.',
  }),
  action: text.min(1).max(100).optional().meta({ example: 'dashboard.opened' }),
  dashboard: slug.optional(),
  from: sinceEver.optional().meta({
    description: 'The first moment that counts.',
    example: '2026-11-01T00:00:00Z',
  }),
  to: sinceEver.optional().meta({
    description: 'The first moment that does not count any more.',
  }),
})

export type AuditQuery = z.infer<typeof auditQuery>

export const readAuditLogs = {
  method: 'get',
  path: '/admin/audit-logs',
  name: 'readAuditLogs',
  tag: 'audit',
  summary: 'Who did what: a page of the audit log, or an export of all that fits',
  description:
    '`Accept: application/json` gives pages, newest first. `application/x-ndjson` and `text/csv` give ' +
    'everything that fits the filters, oldest first; an export takes no `limit`, `cursor` or `sort`, and ' +
    'is itself written to the audit log.',
  query: auditQuery,
  answers: {
    200: {
      description: 'A page, or the export.',
      content: {
        ...json(z.object({ auditLogs: z.array(auditLine), nextCursor }), {
          auditLogs: [exampleLine],
          nextCursor: null,
        }),
        'application/x-ndjson': {
          schema: z.string().meta({ description: 'An AuditLine on each line.' }),
          example: `${JSON.stringify(exampleLine)}\n`,
        },
        'text/csv': {
          schema: z.string().meta({
            description:
              'RFC 4180 with a header. A cell that a spreadsheet would take for a formula begins with an apostrophe.',
          }),
          example: `${Object.keys(exampleLine).join(',')}\r\n`,
        },
      },
    },
  },
} as const satisfies Operation
