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
    SUPPORT_CONTACT: z
      .string()
      .max(200, 'must have at most 200 characters')
      .default('whoever manages your account')
      .describe(
        'Whom people ask who cannot go on: words, an e-mail address, or a URL. Stands on every error page, after "ask".',
      ),
    WEB_DIST: z
      .string()
      .optional()
      .describe("Folder with the shell's built files; by default `web/dist` of the checkout."),
  },
})
