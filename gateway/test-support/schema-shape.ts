import type postgres from 'postgres'

/** What a program can rely on in a schema: names of things, and what they are like. */
export type SchemaShape = ReadonlyMap<string, string>

/** Reads the schema `public`, with what the gateway's role may do there. */
export async function readShape(owner: postgres.Sql): Promise<SchemaShape> {
  const rows = await owner<{ what: string; shape: string }[]>`
    with tables as (
      select oid, relname, relrowsecurity and relforcerowsecurity as guarded from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
    )
    select 'table ' || relname as what, case when guarded then 'guarded' else 'open' end as shape
      from tables
    union all
    select format('column %s.%s', relname, attname),
        format_type(atttypid, atttypmod)
        || case when attnotnull then ' not null' else '' end
        || case when atthasdef or attidentity <> '' then ' default' else '' end
      from tables join pg_attribute on attrelid = tables.oid
      where attnum > 0 and not attisdropped
    union all
    select format('constraint %s.%s', relname, conname), pg_get_constraintdef(pg_constraint.oid)
      from tables join pg_constraint on conrelid = tables.oid where contype <> 'n'
    union all
    select format('unique index %s.%s', tables.relname, index.relname), pg_get_indexdef(indexrelid)
      from tables join pg_index on indrelid = tables.oid and indisunique
      join pg_class as index on index.oid = indexrelid
    union all
    select format('policy %s.%s', relname, polname), concat_ws(' | ',
        polcmd, case when polpermissive then 'permissive' else 'restrictive' end,
        pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
      from tables join pg_policy on polrelid = tables.oid
    union all
    select format('right %s on %s', lower(privilege_type), table_name), 'given'
      from information_schema.role_table_grants
      where table_schema = 'public' and grantee = 'dashgate_gateway'
        -- The others are listed by column.
        and privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
    union all
    select format('right %s on %s.%s', lower(privilege_type), table_name, column_name), 'given'
      from information_schema.role_column_grants
      where table_schema = 'public' and grantee = 'dashgate_gateway'
    union all
    select format('function %s(%s)', proname, pg_get_function_identity_arguments(pg_proc.oid)),
        pg_get_function_result(pg_proc.oid)
      from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select format('trigger %s.%s', relname, tgname), pg_get_triggerdef(pg_trigger.oid)
      from tables join pg_trigger on tgrelid = tables.oid where not tgisinternal
    union all
    select format('domain %s.%s', typname, conname), pg_get_constraintdef(pg_constraint.oid)
      from pg_type join pg_constraint on contypid = pg_type.oid
      where typnamespace = 'public'::regnamespace`
  return new Map(rows.map(({ what, shape }) => [what, shape]))
}

const kindOf = (what: string) => /^(unique index|\w+)/.exec(what)?.[0] ?? ''
const tableOf = (what: string) =>
  /^(?:table |column |constraint |unique index |policy |trigger |right \w+ on )(\w+)/.exec(
    what,
  )?.[1]

/** Things whose appearance takes something away from who wrote to the table before. */
const narrowsWhenAdded = new Set(['constraint', 'unique index', 'domain'])
/** Things whose absence nobody misses who only writes what was allowed before. */
const widensWhenRemoved = new Set(['domain'])

/**
 * What a program that was written for `before` could miss in `after`, one line each: something is
 * gone, is other than it was, or asks for more.
 */
export function contractions(before: SchemaShape, after: SchemaShape): string[] {
  const isNew = (what: string) => {
    const table = tableOf(what)
    return table !== undefined && !before.has(`table ${table}`)
  }
  const changed = [...before].flatMap(([what, shape]) => {
    const now = after.get(what)
    if (now === shape) return []
    if (now !== undefined) return [`${what} changed`]
    const isWider = widensWhenRemoved.has(kindOf(what)) || /^CHECK|^FOREIGN KEY/.test(shape)
    return isWider ? [] : [`${what} removed`]
  })
  const added = [...after].flatMap(([what, shape]) => {
    if (before.has(what) || isNew(what)) return []
    const asks =
      narrowsWhenAdded.has(kindOf(what)) ||
      (kindOf(what) === 'column' && shape.endsWith(' not null')) ||
      (kindOf(what) === 'policy' && shape.includes('restrictive'))
    return asks && !isOnNewColumns(what, shape, before) ? [`${what} added`] : []
  })
  return [...changed, ...added].toSorted()
}

/** A check that names no column of before asks nothing of who does not know the new ones. */
function isOnNewColumns(what: string, shape: string, before: SchemaShape): boolean {
  const table = tableOf(what)
  if (table === undefined) return false
  const words = shape.match(/\w+/g) ?? []
  return shape.startsWith('CHECK') && !words.some((word) => before.has(`column ${table}.${word}`))
}

/** What a migration says of itself: what it takes away, and why that may be. */
export interface Declared {
  readonly what: string
  /** The oldest release that does not miss it; undefined for what none ever missed. */
  readonly from: string | undefined
}

/**
 * Lines like `-- contracts from 0.3.0: column tenants.theme removed`, `-- unused: right … removed` for
 * what no release ever needed, and `-- widens: constraint … changed` for what only looks like less.
 */
export function declaredIn(sql: string): Declared[] {
  const lines = sql.matchAll(
    /^-- (?:contracts from (\d+\.\d+\.\d+)|unused|widens): (.*?)(?:\{(.+)\}(.*?))?\s*$/gm,
  )
  return [...lines].flatMap(([, from, start = '', list, end = '']) =>
    (list ?? '').split(',').map((one) => ({ what: start + one + end, from })),
  )
}
