import { z } from 'zod'
import { json, type Operation } from './operation.ts'

const ring = z.enum(['cookie', 'tenant-token', 'data']).meta({
  description:
    '`cookie` seals session cookies, `tenant-token` signs what apps are told, `data` encrypts at rest.',
})

export const rotateSecret = {
  method: 'post',
  path: '/admin/rotate-secret',
  name: 'rotateSecret',
  tag: 'secrets',
  summary: 'New keys for one ring or for all',
  description: 'Nobody is signed out: what the keys before have made stays good.',
  body: { schema: z.strictObject({ ring: ring.optional() }), example: {} },
  answers: {
    200: {
      description: 'The new keys.',
      content: json(z.object({ rotated: z.array(z.object({ ring, kid: z.string() })) }), {
        rotated: [{ ring: 'cookie', kid: 'cookie-2' }],
      }),
    },
  },
} as const satisfies Operation
