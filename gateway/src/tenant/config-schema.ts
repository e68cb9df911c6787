import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js'
import { isObject, type DeclaredNames } from './config-merge.ts'
import {
  boundsOf,
  extentOf,
  linearRegExp,
  schemaLimits,
  type Bounds,
} from './config-schema-bounds.ts'
import type { ConfigFault } from './config-shape.ts'

/** A dashboard's schema, ready to be applied. */
export interface ConfigSchema {
  readonly declared: DeclaredNames
  /** Where a config breaks it first; `undefined` when it fits. */
  faultOf(config: unknown): ConfigFault | undefined
}

export type CompiledSchema =
  | { readonly ok: true; readonly schema: ConfigSchema }
  | { readonly ok: false; readonly fault: ConfigFault }

const dialect = 'https://json-schema.org/draft/2020-12/schema'

const regExp = Object.assign((pattern: string) => linearRegExp(pattern), { code: 'linearRegExp' })

const newAjv = (options: Options = {}) =>
  new Ajv2020({
    ...options,
    strictTypes: false,
    strictTuples: false,
    // Ajv looks for overlaps with a backtracking RegExp of its own, on whatever names a schema has.
    allowMatchingProperties: true,
    // It stops at the first fault: to find all of them takes time that a hostile config can stretch.
    allErrors: false,
    // A config is JSON: what it does not hold itself, such as `constructor`, is not there.
    ownProperties: true,
    // In 2020-12 `format` says what a text means and checks nothing.
    validateFormats: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp },
  })

/** Checks schemas. One for all of them: making it takes longer than using it. */
const dialectAjv = newAjv()

/** Makes ready a schema that says it is JSON Schema 2020-12, or says nothing. */
export function compileConfigSchema(schema: Readonly<Record<string, unknown>>): CompiledSchema {
  try {
    const bounds = checked(schema)
    if (!bounds.ok) return bounds
    // One for each: an instance remembers all that it has ever compiled.
    const validate = newAjv({ meta: false, validateSchema: false }).compile(schema)
    return {
      ok: true,
      schema: { declared: declaredBy(schema), faultOf: faultOf(validate, bounds.cost) },
    }
  } catch (error) {
    const message = `cannot be used: ${error instanceof Error ? error.message : 'unknown'}`
    return { ok: false, fault: { path: [], message: message.slice(0, 300) } }
  }
}

const refused = (message: string, ...path: string[]): Bounds => ({
  ok: false,
  fault: { path, message },
})

function checked(schema: Readonly<Record<string, unknown>>): Bounds {
  if (extentOf(schema).depth > schemaLimits.depth) {
    return refused(`is more than ${schemaLimits.depth} levels deep`)
  }
  if (Buffer.byteLength(JSON.stringify(schema)) > schemaLimits.bytes) {
    return refused(`is larger than ${schemaLimits.bytes / 1024} KiB`)
  }
  if (schema['$schema'] !== undefined && schema['$schema'] !== dialect) {
    return refused(`must be ${dialect}`, '$schema')
  }
  if (dialectAjv.validateSchema({ ...schema, $schema: dialect }) !== true) {
    return { ok: false, fault: faultFrom(dialectAjv.errors ?? []) }
  }
  return boundsOf(schema)
}

const faultOf = (validate: ValidateFunction, cost: number) => (config: unknown) => {
  if (extentOf(config).values * cost > schemaLimits.work) {
    return { path: [], message: 'holds too many values for the schema of this dashboard' }
  }
  return validate(config) ? undefined : faultFrom(validate.errors ?? [])
}

/** The one that lies deepest: where alternatives failed, the others only say that they did. */
function faultFrom(errors: readonly ErrorObject[]): ConfigFault {
  const [deepest] = errors.toSorted((a, b) => pathOf(b).length - pathOf(a).length)
  return deepest
    ? { path: pathOf(deepest), message: messageOf(deepest) }
    : { path: [], message: 'does not fit' }
}

function pathOf({ instancePath, params }: ErrorObject): string[] {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
  const { missingProperty, additionalProperty, unevaluatedProperty } = params
  const own: unknown = missingProperty ?? additionalProperty ?? unevaluatedProperty
  return typeof own === 'string' ? [...path, own] : path
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'required') return 'is missing'
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    return 'is not known here'
  }
  if (keyword === 'enum') {
    const allowed = JSON.stringify(params['allowedValues'])
    return `must be one of ${allowed.length > 200 ? `${allowed.slice(0, 200)}…` : allowed}`
  }
  return message ?? 'does not fit'
}

/** The names under `properties`, also where the schema puts them together out of definitions. */
function declaredBy(schema: Readonly<Record<string, unknown>>): DeclaredNames {
  const root = propertiesOf(schema, schema)
  const below = (name: string) => {
    const found = root?.get(name)
    const names = found?.flatMap((one) => [...(propertiesOf(schema, one)?.keys() ?? [])]) ?? []
    return names.length > 0 ? new Set(names) : undefined
  }
  return {
    settings: root && new Set(root.keys()),
    filters: below('filters'),
    visible: below('visible'),
  }
}

/** Subschemas by the name of the property; `undefined` when none is named. Ends, for nothing leads back to itself. */
function propertiesOf(
  root: Readonly<Record<string, unknown>>,
  node: unknown,
): Map<string, unknown[]> | undefined {
  if (!isObject(node)) return undefined
  const named = new Map<string, unknown[]>()
  const add = (name: string, ...found: unknown[]) =>
    named.set(name, [...(named.get(name) ?? []), ...found])
  for (const [name, one] of Object.entries(node['properties'] ?? {})) add(name, one)
  const definitions = isObject(root['$defs']) ? root['$defs'] : {}
  const ref = typeof node['$ref'] === 'string' ? node['$ref'].replace('#/$defs/', '') : undefined
  const parts: unknown[] = Array.isArray(node['allOf']) ? node['allOf'] : []
  for (const part of ref === undefined ? parts : [...parts, definitions[ref]]) {
    for (const [name, found] of propertiesOf(root, part) ?? []) add(name, ...found)
  }
  return named.size > 0 ? named : undefined
}
