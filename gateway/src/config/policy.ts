import { z } from 'zod'
import { slugForm } from '../tenant/slug.ts'
import { section } from './fields.ts'

/**
 * Directives to which an exception may add. Not among them: what keeps a page in its frame
 * (`frame-ancestors`, `base-uri`, `form-action`), `object-src`, and `default-src`.
 */
const directives = [
  'script-src',
  'style-src-elem',
  'img-src',
  'media-src',
  'font-src',
  'connect-src',
  'worker-src',
  'frame-src',
] as const

export type ExceptionDirective = (typeof directives)[number]

/** What an exception adds to the policy of one dashboard, by directive. */
export type PolicyException = Readonly<Partial<Record<ExceptionDirective, readonly string[]>>>

/** By the dashboard's slug. */
export type PolicyExceptions = Readonly<Record<string, PolicyException>>

/**
 * Of one host each: no scheme alone, no `*`, no keyword such as `'unsafe-inline'`. URLs may have a
 * `*`, `;` or `,` in their host (URL §3.3), which a policy reads as its own.
 */
const isOrigin = (source: string): boolean =>
  /^(https|wss):\/\/[a-z0-9.-]+(:\d+)?$/.test(source) && URL.parse(source)?.origin === source

const isAllowed = (directive: string, source: string): boolean =>
  isOrigin(source) || (directive === 'script-src' && source === "'unsafe-eval'")

const exceptions = z
  .record(
    z.string().regex(slugForm),
    z.partialRecord(z.enum(directives), z.array(z.string()).min(1)),
  )
  .refine((bySlug) =>
    Object.values(bySlug).every((exception) =>
      Object.entries(exception).every(([directive, sources]) =>
        sources.every((source) => isAllowed(directive, source)),
      ),
    ),
  )

const form =
  'must be a JSON object as {"slug": {"connect-src": ["https://tiles.example"]}}: directives that fetch something, each with https or wss origins of one host, or \'unsafe-eval\' for script-src'

function parsed(text: string, context: z.RefinementCtx): PolicyExceptions {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  const outcome = exceptions.safeParse(value)
  if (outcome.success) return outcome.data
  context.addIssue({ code: 'custom', message: form })
  return z.NEVER
}

export const policy = section({
  title: 'Content security policy',
  shape: {
    CSP_EXCEPTIONS: z
      .string()
      .default('{}')
      .transform(parsed)
      .describe(
        'What single dashboards may load from elsewhere: JSON, slug → directive → list of origins, as `{"maps": {"connect-src": ["https://cdn.plot.ly"]}}`. `script-src` also takes `\'unsafe-eval\'`, which lets whoever gets text into that dashboard run it. Each is named in the log at start.',
      ),
  },
})

/** One line for each source that a dashboard may use beside the gateway itself. */
export function exceptionWarnings(bySlug: PolicyExceptions): string[] {
  return Object.entries(bySlug).flatMap(([slug, exception]) =>
    Object.entries(exception).flatMap(([directive, sources]) =>
      sources.map((source) =>
        source === "'unsafe-eval'"
          ? `CSP_EXCEPTIONS: dashboard ${slug} runs text as script ('unsafe-eval'): nothing stops an injected script there any more`
          : `CSP_EXCEPTIONS: dashboard ${slug} may reach ${source} (${directive})`,
      ),
    ),
  )
}
