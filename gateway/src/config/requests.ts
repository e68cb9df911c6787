import { z } from 'zod'
import { seconds, section } from './fields.ts'

export const requests = section({
  title: 'Requests, pages and logs',
  shape: {
    UPSTREAM_TIMEOUT_SECONDS: seconds(60).describe(
      "How long an app may take to begin its answer; at least as long as the app server's own limit.",
    ),
    MAX_BODY_BYTES: z.coerce
      .number()
      .int()
      .min(1)
      .default(64 * 1024 * 1024)
      .describe('Largest request body that is passed on to an app.'),
    WEB_DIST: z
      .string()
      .optional()
      .describe("Folder with the shell's built files; by default `web/dist` of the checkout."),
    LOG_LEVEL: z
      .enum(['error', 'warn', 'info', 'debug'])
      .default('info')
      .describe('Least severe log level that is written.'),
  },
})
