import { z } from 'zod'
import { json, type Operation } from './operation.ts'

export const readDescription = {
  method: 'get',
  path: '/admin/openapi.json',
  name: 'readDescription',
  tag: 'description',
  summary: 'This document: OpenAPI 3.1, made of the schemas that check what is sent',
  answers: {
    200: {
      description: 'The document.',
      content: json(z.looseObject({ openapi: z.string() }), { openapi: '3.1.0' }),
    },
  },
} as const satisfies Operation
