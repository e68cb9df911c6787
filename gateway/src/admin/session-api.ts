import { z } from 'zod'
import { json, type Operation } from './operation.ts'
import { nextCursor, pageFields } from './page.ts'
import { moment, slug, text } from './text.ts'

const sessionId = z.string().meta({ description: 'Names the session, and opens nothing.' })

const session = z
  .object({
    sessionId,
    sub: z.string(),
    email: z.string(),
    role: z.enum(['admin', 'viewer']),
    tenantId: slug.nullable().meta({ description: 'Null while staff have not chosen one.' }),
    createdAt: moment,
    idleExpiresAt: moment,
    absoluteExpiresAt: moment,
  })
  .meta({ id: 'Session' })

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
  .meta({ id: 'Whose', override: { minProperties: 1, maxProperties: 1 } })

export const sessionSorts = ['createdAt', 'idleExpiresAt', 'absoluteExpiresAt'] as const

export const listSessions = {
  method: 'get',
  path: '/admin/sessions',
  name: 'listSessions',
  tag: 'sessions',
  summary: 'Who is signed in',
  query: z.strictObject({
    ...pageFields(sessionSorts, '-createdAt'),
    tenantId: slug.optional(),
    sub: text.max(255).optional(),
  }),
  answers: {
    200: {
      description: 'A page of the list.',
      content: json(z.object({ sessions: z.array(session), nextCursor }), {
        sessions: [
          {
            sessionId: 'k3Jd0cTn0n2rXgWv6wJxj0mC7kQh1rS4tUa9bYzE5Fg',
            sub: '6d1a54f02c7b4b0f9b1c6a0d8e3f2a71',
            email: 'viewer@hooli.test',
            role: 'viewer',
            tenantId: 'hooli',
            createdAt: '2026-11-23T09:00:00.000Z',
            idleExpiresAt: '2026-11-23T09:30:00.000Z',
            absoluteExpiresAt: '2026-11-23T21:00:00.000Z',
          },
        ],
        nextCursor: null,
      }),
    },
  },
} as const satisfies Operation

export const revokeSessions = {
  method: 'post',
  path: '/admin/sessions/revoke',
  name: 'revokeSessions',
  tag: 'sessions',
  summary: 'End sessions, of one person, of a tenant, or one alone',
  description: 'They end on all replicas at once, and whatever they have open is closed.',
  body: { schema: revokeBody, example: { tenantId: 'hooli' } },
  answers: {
    200: {
      description: 'How many have ended.',
      content: json(z.object({ revoked: z.int() }), { revoked: 1 }),
    },
  },
} as const satisfies Operation
