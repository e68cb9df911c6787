import { asc, desc, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { InvalidInput } from './problem.ts'
import { text } from './text.ts'

/** The columns by which a list may be sorted; no other is ever named by what a client sends. */
export interface Order<Name extends string> {
  readonly columns: Readonly<Record<Name, PgColumn>>
  /** Unique: no two rows have the same place in the list. */
  readonly key: PgColumn
}

export interface PageQuery {
  readonly sort: string
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

const defaultLimit = 100

/** Fields of a query for one page of a list. */
export const pageFields = <const Names extends readonly [string, ...string[]]>(
  names: Names,
  first: NoInfer<Names[number] | `-${Names[number]}`>,
) => ({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(500)
    .optional()
    .meta({
      description: `How many at most; ${defaultLimit} when left out.`,
      example: 20,
    }),
  cursor: text.max(2000).optional().meta({
    description: '`nextCursor` of the page before. Belongs to the same `sort`.',
  }),
  sort: z
    .enum([...names, ...names.map((name) => `-${name}`)])
    .default(first)
    .meta({
      description: 'What the list is sorted by; with `-` from the end.',
    }),
})

/** Where the next page begins, or null after the last one. */
export const nextCursor = z.string().nullable().meta({
  description: 'Goes into `cursor` for the next page; null on the last one.',
})

/** How the value of a column is written into a cursor, checked, and compared. */
const forms = {
  string: {
    schema: text.max(500),
    written: (column: PgColumn) => sql`${column}::text`,
    read: (value: string) => sql`${value}::text`,
  },
  number: {
    schema: z.string().regex(/^\d{1,18}$/),
    written: (column: PgColumn) => sql`${column}::text`,
    read: (value: string) => sql`${value}::bigint`,
  },
  // In microseconds, as Postgres keeps it: a `Date` would lose them, and rows with them.
  date: {
    schema: z.string().regex(/^\d{1,16}$/),
    written: (column: PgColumn) => sql`(extract(epoch from ${column}) * 1000000)::bigint::text`,
    read: (value: string) => sql`(timestamptz 'epoch' + ${value}::bigint * interval '1 us')`,
  },
}

const formOf = ({ dataType }: PgColumn) => forms[dataType as keyof typeof forms]

/** One page of a list by keyset: it costs the same wherever it lies, and no row is missed or seen twice. */
export function pageOf<Name extends string>(order: Order<Name>, query: PageQuery) {
  const isDescending = query.sort.startsWith('-')
  const column = order.columns[query.sort.replace(/^-/, '') as Name]
  const limit = query.limit ?? defaultLimit
  const direction = isDescending ? desc : asc

  return {
    /** Condition for what comes after the cursor. */
    after: afterCursor(order.key, column, isDescending, query),
    orderBy: [direction(column), direction(order.key)],
    /** One more than is shown: it tells whether there is a next page. */
    limit: limit + 1,
    /** To be selected with each row. */
    place: sql<string>`json_build_array(${formOf(column).written(column)}, ${formOf(order.key).written(order.key)})::text`,
    cut<Row extends { place: string }>(rows: readonly Row[]) {
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return {
        rows: shown.map(withoutPlace),
        nextCursor: last ? encodeCursor(query.sort, last.place) : null,
      }
    },
  }
}

function withoutPlace<Row extends { place: string }>(row: Row): Omit<Row, 'place'> {
  const { place: _, ...rest } = row
  return rest
}

function afterCursor(
  key: PgColumn,
  column: PgColumn,
  isDescending: boolean,
  { sort, cursor }: PageQuery,
): SQL | undefined {
  if (cursor === undefined) return undefined
  const schema = z.tuple([z.literal(sort), formOf(column).schema, formOf(key).schema])
  const parsed = schema.safeParse(decodeCursor(cursor))
  if (!parsed.success) {
    const message = 'must be the nextCursor of an answer to the same list with the same sort'
    throw new InvalidInput([{ field: 'cursor', message }])
  }
  const [, value, keyValue] = parsed.data
  const isAfter = isDescending ? sql`<` : sql`>`
  return sql`(${column}, ${key}) ${isAfter} (${formOf(column).read(value)}, ${formOf(key).read(keyValue)})`
}

const encodeCursor = (sort: string, place: string): string =>
  Buffer.from(JSON.stringify([sort, ...(JSON.parse(place) as string[])])).toString('base64url')

function decodeCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
