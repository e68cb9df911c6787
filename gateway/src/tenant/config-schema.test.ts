import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { schemaLimits } from './config-schema-bounds.ts'
import { compileConfigSchema } from './config-schema.ts'

type Schema = Record<string, unknown>
const parsed = (text: string): Schema => JSON.parse(text) as Schema

function faultOf(schema: Schema): string | undefined {
  const compiled = compileConfigSchema(schema)
  return compiled.ok ? undefined : `${compiled.fault.path.join('.')}: ${compiled.fault.message}`
}

function check(schema: Schema, config: unknown): string | undefined {
  const compiled = compileConfigSchema(schema)
  if (!compiled.ok) throw new Error(compiled.fault.message)
  const fault = compiled.schema.faultOf(config)
  return fault && `${fault.path.join('.')}: ${fault.message}`
}

const filter = {
  type: 'object',
  properties: { default: { type: 'string' }, options: { items: { type: 'string' } } },
  additionalProperties: false,
}

describe('a dashboard’s schema', () => {
  it.each<Schema>([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' },
    {
      $defs: { filter },
      properties: { filters: { properties: { a: { $ref: '#/$defs/filter' } } } },
    },
    parsed('{"if":{"required":["a"]},"then":{"required":["b"]},"else":{"minProperties":1}}'),
    { prefixItems: [{ const: 1 }], items: false },
    { patternProperties: { '^x-': { type: 'string', format: 'email' } }, propertyNames: {} },
    { anyOf: [{ required: ['a'] }], unevaluatedProperties: false },
    { properties: { a: { uniqueItems: true, maxItems: 1000, contains: { type: 'string' } } } },
    { properties: { colour: { pattern: '^#[0-9a-fA-F]{6}$' } } },
    { properties: { constructor: { type: 'string' }, toString: { enum: [null, 1, {}] } } },
  ])('may be %j', (schema) => {
    expect(faultOf(schema)).toBeUndefined()
  })

  it.each<[Schema, string]>([
    [{ type: 'text' }, 'type'],
    [{ properties: { a: { minimum: 'x' } } }, 'properties.a.minimum'],
    [{ required: 'a' }, 'required'],
    [{ properties: [] }, 'properties'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '$schema'],
    // A misspelt keyword would check nothing.
    [{ properties: { a: { requierd: ['b'] } } }, 'properties.a.requierd'],
    [{ $id: 'https://example.com/a' }, '$id'],
    [{ $ref: 'https://example.com/a' }, '$ref'],
    [{ $ref: 'file:///etc/passwd' }, '$ref'],
    [{ $ref: '#/$defs/missing' }, '$ref'],
    [{ $ref: '#/$defs/constructor', $defs: {} }, '$ref'],
    [{ $dynamicRef: '#a' }, '$dynamicRef'],
    [parsed('{"properties":{"__proto__":{"type":"string"}}}'), 'properties.__proto__'],
    [{ properties: { a: { $data: '/x', pattern: { $data: '1/b' } } } }, 'properties.a.pattern'],
  ])('is not %j, because of %s', (schema, field) => {
    expect(faultOf(schema)?.split(':')[0]).toBe(field)
  })

  it('never leads to code: what it says is compared, not run', () => {
    const hostile = `"];globalThis.breached=true;//`
    const schema = {
      properties: { [hostile]: { const: hostile, description: hostile } },
      required: [hostile, '${globalThis.breached=true}'],
      patternProperties: { [hostile.replaceAll(/\W/g, '\\$&')]: { enum: [hostile] } },
    }
    const compiled = compileConfigSchema(schema)
    if (compiled.ok) compiled.schema.faultOf({ [hostile]: hostile })
    expect('breached' in globalThis).toBe(false)
  })
})

describe('what cannot be bounded is refused', () => {
  /** Each definition uses the next one twice: 2^n of the last. */
  const doubling = (levels: number): Schema => ({
    $ref: '#/$defs/a0',
    $defs: Object.fromEntries(
      Array.from({ length: levels + 1 }, (_, n) => {
        const next = { $ref: `#/$defs/a${n + 1}` }
        return [`a${n}`, n === levels ? { type: 'object' } : { allOf: [next, next] }]
      }),
    ),
  })
  const nested = (levels: number): Schema =>
    parsed(`${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`)

  it.each<[string, Schema, RegExp]>([
    ['a schema that leads back to itself', { $ref: '#' }, /\$defs/],
    ['a definition that does', { $defs: { a: { not: { $ref: '#/$defs/a' } } } }, /itself/],
    [
      'two that lead to each other',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
      /itself/,
    ],
    ['references that double at each step', doubling(40), /too costly/],
    ['depth', nested(60), /levels deep/],
    ['depth that would use up the stack', nested(5000), /levels deep/],
    ['size', { description: 'x'.repeat(schemaLimits.bytes) }, /KiB/],
    ['items that differ, without a limit', { uniqueItems: true }, /maxItems/],
    ['items that differ, up to too many', { uniqueItems: true, maxItems: 5000 }, /maxItems/],
    ['a look-ahead, which only backtracking finds', { pattern: '(?=a)' }, /RE2/],
    ['a back-reference', { pattern: '(a)\\1' }, /RE2/],
    ['a pattern that is none', { pattern: '(' }, /RE2/],
    ['repeats of repeats', { pattern: '((a{1,100}){1,100}){1,100}' }, /RE2|costly/],
  ])('%s', (_what, schema, why) => {
    expect(faultOf(schema)).toMatch(why)
  })

  it('but what uses a definition a few times is not', () => {
    expect(faultOf(doubling(5))).toBeUndefined()
  })

  it('also when the config is what makes it much', () => {
    const alternatives = Array.from({ length: 500 }, () => ({ type: 'string' }))
    const schema = {
      properties: { a: { items: { anyOf: [...alternatives, { type: 'number' }] } } },
    }
    const many = { a: Array.from({ length: 20_000 }, () => 1) }
    expect(check(schema, many)).toMatch(/too many values/)
    expect(check(schema, { a: [1, 2, 3] })).toBeUndefined()
  })

  it('and a pattern that backtracking would take for ever with takes no time', () => {
    // 2^65536 steps for a RegExp; also in names, where ajv itself looks for overlaps.
    const name = `${'a'.repeat(60)}!`
    const schema = {
      properties: { [name]: true, text: { pattern: '^(a+)+$' } },
      patternProperties: { '^(a|a)*$': true },
    }
    expect(check(schema, { text: `${'a'.repeat(65_536)}!`, [name]: 1 })).toMatch(
      /^text: must match/,
    )
  })

  it('and any schema at all is compiled or refused, never thrown', () => {
    const names =
      'type properties allOf $ref $defs items pattern enum if then patternProperties required ' +
      'uniqueItems maxItems __proto__ not const'
    const keyword = fc.constantFrom(...names.split(' '))
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, true, 1, 'object', '#/$defs/a', '(a+)+', '['),
        fc.array(tie('any'), { maxLength: 3 }),
        tie('schema'),
      ),
      schema: fc
        .array(fc.tuple(fc.oneof(keyword, fc.constant('a')), tie('any')), { maxLength: 4 })
        .map((entries) => Object.fromEntries(entries) as unknown),
    }))
    fc.assert(
      fc.property(value.schema, fc.jsonValue(), (schema, config) => {
        const compiled = compileConfigSchema(schema as Schema)
        if (compiled.ok) compiled.schema.faultOf(config)
      }),
    )
  })
})

describe('a config that breaks a schema', () => {
  const schema = {
    properties: {
      filters: { properties: { line: filter }, additionalProperties: false },
      unit: { enum: ['thousand', 'million'] },
      limits: { anyOf: [{ type: 'number' }, { type: 'object', required: ['low'] }] },
      'a/b~c': { type: 'number' },
    },
    additionalProperties: false,
    required: ['unit'],
  }
  const unit = 'thousand'

  it.each<[unknown, string]>([
    [{}, 'unit: is missing'],
    [{ unit, other: 1 }, 'other: is not known here'],
    [{ unit, filters: { region: {} } }, 'filters.region: is not known here'],
    [{ unit, filters: { line: { default: 1 } } }, 'filters.line.default: must be string'],
    [{ unit: 'x' }, 'unit: must be one of ["thousand","million"]'],
    [{ unit, limits: {} }, 'limits.low: is missing'],
    [{ unit, 'a/b~c': 'x' }, 'a/b~c: must be number'],
    [parsed('{"unit":"million","__proto__":{}}'), '__proto__: is not known here'],
    [parsed('{"unit":"million","constructor":{}}'), 'constructor: is not known here'],
  ])('says where %j does', (config, fault) => {
    expect(check(schema, config)).toBe(fault)
  })

  it('is not taken to hold what every object inherits', () => {
    expect(check({ required: ['constructor'] }, {})).toBe('constructor: is missing')
    expect(check({ required: ['__proto__'] }, {})).toBe('__proto__: is missing')
  })
})

describe('the names that a schema declares', () => {
  const declared = (schema: Schema) => {
    const compiled = compileConfigSchema(schema)
    if (!compiled.ok) throw new Error(compiled.fault.message)
    const { settings, filters, visible } = compiled.schema.declared
    return [settings, filters, visible].map((names) => names && [...names].toSorted())
  }

  it('are those under properties', () => {
    const visible = { properties: { table: true } }
    expect(declared({ properties: { unit: true, filters: {}, visible } })).toEqual([
      ['filters', 'unit', 'visible'],
      undefined,
      ['table'],
    ])
    expect(declared({ additionalProperties: true })).toEqual([undefined, undefined, undefined])
  })

  it('are found where a schema is put together', () => {
    const $defs = {
      filters: { properties: { a: true } },
      more: { properties: { filters: { properties: { c: true } }, unit: true } },
    }
    const filters = { $ref: '#/$defs/filters', properties: { b: true } }
    expect(declared({ $defs, allOf: [{ $ref: '#/$defs/more' }], properties: { filters } })).toEqual(
      [['filters', 'unit'], ['a', 'b', 'c'], undefined],
    )
  })
})
