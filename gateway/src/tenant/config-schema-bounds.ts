import { RE2JS } from 're2js'
import { isObject } from './config-merge.ts'
import type { ConfigFault } from './config-shape.ts'

/**
 * What a dashboard's schema may cost. Ajv's own documentation calls schemas as trusted as code: they
 * can take exponential time to compile and to apply. Those here come from operators, through an API,
 * so whatever cannot be bounded is refused: the work of applying a schema is at most its cost, times the
 * number of values in the config.
 *
 * @see https://ajv.js.org/security.html#untrusted-schemas
 */
export const schemaLimits = {
  bytes: 64 * 1024,
  depth: 50,
  /** Subschemas with references written out, and what is more than a glance in them. */
  cost: 2000,
  /** Cost times values; a tenth of a microsecond each, where every alternative fails. */
  work: 2_000_000,
  /** Of a list whose items must differ: each is compared with each. */
  uniqueItems: 1000,
}

const costOfUniqueItems = 200

type Kind = 'schema' | 'schemas' | 'named' | 'patterns' | 'value'

/** Keywords of JSON Schema 2020-12 that a schema may use, and where subschemas are in them. */
const keywords: Readonly<Record<string, Kind>> = {
  ...of('value', '$schema $comment $ref title description default deprecated readOnly writeOnly'),
  ...of('value', 'examples format type enum const multipleOf maximum exclusiveMaximum minimum'),
  ...of('value', 'exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems'),
  ...of('value', 'maxContains minContains maxProperties minProperties required dependentRequired'),
  ...of(
    'schema',
    'additionalProperties propertyNames unevaluatedProperties unevaluatedItems items',
  ),
  ...of('schema', 'contains not if then else'),
  ...of('schemas', 'allOf anyOf oneOf prefixItems'),
  ...of('named', 'properties dependentSchemas $defs'),
  ...of('patterns', 'patternProperties'),
}

function of(kind: Kind, names: string): Record<string, Kind> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]))
}

class Unbounded extends Error {
  readonly fault: ConfigFault

  constructor(path: readonly string[], message: string) {
    super(message)
    this.fault = { path, message }
  }
}

export type Bounds =
  { readonly ok: true; readonly cost: number } | { readonly ok: false; readonly fault: ConfigFault }

/** What a schema, valid as such, costs at most; or where it cannot be bounded. */
export function boundsOf(schema: Readonly<Record<string, unknown>>): Bounds {
  const definitions = isObject(schema['$defs']) ? schema['$defs'] : {}
  const costs = new Map<string, number | 'open'>()

  /** A definition costs its own each time that it is used. */
  function definitionCost(ref: unknown, path: readonly string[]): number {
    const name = typeof ref === 'string' ? /^#\/\$defs\/([\w.-]+)$/.exec(ref)?.[1] : undefined
    if (name === undefined || !Object.hasOwn(definitions, name)) {
      throw new Unbounded(path, 'must be #/$defs/… and name a definition of this schema')
    }
    const known = costs.get(name)
    if (known === 'open') throw new Unbounded(path, 'must not lead back to itself')
    if (known !== undefined) return known
    costs.set(name, 'open')
    const cost = schemaCost(definitions[name], ['$defs', name])
    costs.set(name, cost)
    return cost
  }

  function schemaCost(node: unknown, path: readonly string[]): number {
    if (!isObject(node)) return 1
    let cost = 1
    for (const [name, value] of Object.entries(node)) {
      cost += keywordCost(name, value, node, [...path, name])
      if (cost > schemaLimits.cost) throw new Unbounded([], tooCostly)
    }
    return cost
  }

  function keywordCost(
    name: string,
    value: unknown,
    node: Readonly<Record<string, unknown>>,
    path: readonly string[],
  ): number {
    const kind = Object.hasOwn(keywords, name) ? keywords[name] : undefined
    if (kind === undefined) throw new Unbounded(path, 'is no keyword that can be used here')
    if (name === '$ref') return definitionCost(value, path)
    if (name === '$defs') return definitionsCost(value, path)
    if (kind === 'value') return valueCost(name, value, node, path)
    if (kind === 'schema') return schemaCost(value, path)
    return sum(Object.entries(value ?? {}), ([key, one]) => {
      if (key === '__proto__') throw new Unbounded([...path, key], 'is a name that cannot be used')
      const costOfName = kind === 'patterns' ? patternCost(key, [...path, key]) : 0
      return costOfName + schemaCost(one, [...path, key])
    })
  }

  /** Counted where they are used; looked through here, or one that is never used would hide. */
  function definitionsCost(value: unknown, path: readonly string[]): number {
    if (path.length > 1) throw new Unbounded(path, 'must stand at the top of the schema')
    for (const name of Object.keys(value ?? {})) definitionCost(`#/$defs/${name}`, [...path, name])
    return 0
  }

  try {
    return { ok: true, cost: schemaCost(schema, []) }
  } catch (error) {
    if (error instanceof Unbounded) return { ok: false, fault: error.fault }
    throw error
  }
}

const tooCostly = `is too costly to apply: more than ${schemaLimits.cost} parts with its references written out`

const sum = <T>(values: readonly T[], costOf: (value: T) => number): number =>
  values.reduce((total, value) => total + costOf(value), 0)

function valueCost(
  name: string,
  value: unknown,
  node: Readonly<Record<string, unknown>>,
  path: readonly string[],
): number {
  if (name === 'pattern') return patternCost(String(value), path)
  if (name === 'uniqueItems' && value === true) {
    const { maxItems } = node
    if (typeof maxItems === 'number' && maxItems <= schemaLimits.uniqueItems) {
      return costOfUniqueItems
    }
    throw new Unbounded(path, `needs a maxItems of at most ${schemaLimits.uniqueItems} beside it`)
  }
  return Array.isArray(value) ? value.length : 0
}

/** Matched in time that is linear in the text: by the size of its program (RE2), never by backtracking. */
function patternCost(pattern: string, path: readonly string[]): number {
  try {
    return linearRegExp(pattern).programSize()
  } catch {
    throw new Unbounded(
      path,
      'is no pattern of RE2, which knows no look-around and no back-reference',
    )
  }
}

/** How deep a value goes and how many values it holds; without recursion, which it could use up. */
export function extentOf(root: unknown): { readonly depth: number; readonly values: number } {
  let level: unknown[] = [root]
  let depth = 0
  let values = 0
  while (level.length > 0) {
    depth += 1
    values += level.length
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
  }
  return { depth, values }
}

/** A pattern as JSON Schema has it, matched by RE2. */
export const linearRegExp = (pattern: string): RE2JS =>
  RE2JS.compile(RE2JS.translateRegExp(pattern))
