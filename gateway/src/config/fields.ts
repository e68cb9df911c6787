import { z } from 'zod'

/** A listener's address, written `host:port`; IPv6 hosts in brackets. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export const listenAddress = z
  .string()
  .regex(
    /^(?:\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/,
    'must be host:port, for instance 127.0.0.1:8080',
  )
  .transform((value): ListenAddress => {
    const separator = value.lastIndexOf(':')
    const host = value.slice(0, separator).replace(/^\[|\]$/g, '')
    return { host, port: Number(value.slice(separator + 1)) }
  })
  .refine(({ port }) => port <= 65_535, 'must have a port of at most 65535')

export const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .transform((value) => new URL(value))
  .refine((url) => url.pathname === '/' && !url.search, 'must be an origin, without a path')
  .transform((url) => url.origin)

export const seconds = (fallback: number, from = 1) =>
  z.coerce.number({ error: 'must be a number of seconds' }).int().min(from).default(fallback)

export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)

/**
 * What is wrong with several settings taken together, one line each. Its own section is well-formed;
 * `Others` are those of other sections that it looks at, absent where they are malformed.
 */
export type CrossCheck<Shape extends z.ZodRawShape, Others = unknown> = (
  values: z.output<z.ZodObject<Shape>> & Partial<Others>,
) => readonly string[]

/** Settings that belong together, as a part of the whole and of its reference page. */
export interface Section<Shape extends z.ZodRawShape = z.ZodRawShape, Others = unknown> {
  readonly title: string
  readonly shape: Shape
  readonly check?: CrossCheck<Shape, Others>
}

export const section = <Shape extends z.ZodRawShape, Others = unknown>(
  one: Section<Shape, Others>,
): Section<Shape, Others> => one
