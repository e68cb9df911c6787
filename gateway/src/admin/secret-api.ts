import { z } from 'zod'
import { json, type Operation } from './operation.ts'

const ring = z.enum(['cookie', 'tenant-token', 'data']).meta({
  description:
    '`cookie` seals session cookies, `tenant-token` signs what apps are told, `data` encrypts at rest.',
})

const kid = z.string().meta({ description: 'Names a key; it is no secret.' })

const rotatedRing = z.object({
  ring,
  kid,
  usedFrom: z.iso.datetime().meta({
    description:
      'From when on the key makes what is new. Later than now only for `tenant-token`, when it is rotated again within two minutes: apps must hear of a key before it signs.',
  }),
  previous: z
    .array(
      z.object({
        kid,
        acceptedUntil: z.iso.datetime().meta({
          description:
            'What the key has made is good until then at the least; soon after, the key is removed.',
        }),
      }),
    )
    .meta({ description: 'Keys before this one that are still accepted.' }),
})

export const rotateSecret = {
  method: 'post',
  path: '/admin/rotate-secret',
  name: 'rotateSecret',
  tag: 'secrets',
  summary: 'New keys for one ring or for all',
  description: 'Nobody is signed out: what the keys before have made stays good.',
  headers: z.object({
    'idempotency-key': z
      .string()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters')
      .optional()
      .meta({
        description:
          'Any word of yours for this rotation, such as the id of a pipeline run. Sent again with the same word, the call changes nothing and answers as before, as long as the keys that it made are there.',
        example: 'run-4711',
      }),
  }),
  body: { schema: z.strictObject({ ring: ring.optional() }), example: {} },
  answers: {
    200: {
      description: 'What was rotated, and until when the keys before are accepted.',
      content: json(z.object({ rotated: z.array(rotatedRing) }), {
        rotated: [
          {
            ring: 'cookie',
            kid: 'cookie-3f1c9a7be2d04586',
            usedFrom: '2026-11-23T15:04:05.678Z',
            previous: [
              { kid: 'cookie-91b0c4d2e8f7a365', acceptedUntil: '2026-11-24T15:09:05.678Z' },
            ],
          },
        ],
      }),
    },
  },
} as const satisfies Operation
