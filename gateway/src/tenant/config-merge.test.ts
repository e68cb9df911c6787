import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeLevels, mergePatch, relevantTo, type Config } from './config-merge.ts'

/** As JSON arrives: `__proto__` is a field there, which it never is in an object literal. */
const parsed = (text: string): Config => JSON.parse(text) as Config

const hostileNames = ['__proto__', 'constructor', 'prototype', 'toString', 'filters', 'a', 'b']
const json = fc.letrec<{ value: unknown; object: Config }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, 1, 'x'),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...hostileNames), tie('value')), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries)),
}))

/** The pseudo code of RFC 7396, section 2, on lists of fields, which no name can be special in. */
type Fields = [string, unknown][]
const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.keys(value).map((name) => [
        name,
        Object.getOwnPropertyDescriptor(value, name)?.value as unknown,
      ])
    : undefined
function textOf(value: unknown): string {
  const fields = fieldsOf(value)
  if (!fields) return JSON.stringify(value)
  return `{${fields
    .map(([name, one]) => `${JSON.stringify(name)}:${textOf(one)}`)
    .toSorted()
    .join(',')}}`
}
function mergeAsWritten(target: unknown, patch: unknown): string {
  const changes = fieldsOf(patch)
  if (!changes) return textOf(patch)
  const result = new Map((fieldsOf(target) ?? []).map(([name, value]) => [name, textOf(value)]))
  for (const [name, value] of changes) {
    const before = fieldsOf(target)?.find(([one]) => one === name)?.[1]
    if (value === null) result.delete(name)
    else result.set(name, mergeAsWritten(before, value))
  }
  return `{${[...result]
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .toSorted()
    .join(',')}}`
}

describe('a merge patch', () => {
  it.each([
    // RFC 7396, appendix A.
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('of %s by %s is %s', (target, patch, result) => {
    expect(JSON.stringify(mergePatch(JSON.parse(target), JSON.parse(patch)))).toBe(result)
  })

  it('is what RFC 7396 writes down, whatever the names', () => {
    fc.assert(
      fc.property(json.value, json.value, (target, patch) => {
        expect(textOf(mergePatch(target, patch))).toBe(mergeAsWritten(target, patch))
      }),
    )
  })

  it('changes neither side, and twice is once', () => {
    fc.assert(
      fc.property(json.value, json.value, (target, patch) => {
        const before = [textOf(target), textOf(patch)]
        const once = mergePatch(target, patch)
        expect(textOf(mergePatch(once, patch))).toBe(textOf(once))
        expect([textOf(target), textOf(patch)]).toEqual(before)
      }),
    )
  })

  it('gives no object another prototype, nor the prototype another field', () => {
    const merged = mergePatch({}, parsed('{"__proto__":{"polluted":true},"constructor":1}'))
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(({} as { polluted?: true }).polluted).toBeUndefined()
    expect((merged as { polluted?: true }).polluted).toBeUndefined()
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
  })
})

const any = { settings: undefined, filters: undefined, visible: undefined }

describe('the three levels', () => {
  it('are merged in one order: dashboard, tenant, assignment', () => {
    const merged = mergeLevels(any, {
      dashboard: { filters: { line: { options: ['a', 'b'], default: 'a' } }, unit: 1, page: 'x' },
      tenant: { filters: { line: { default: 'b' } }, unit: 2 },
      assignment: { unit: 3, page: null },
    })
    expect(merged).toEqual({ filters: { line: { options: ['a', 'b'], default: 'b' } }, unit: 3 })
  })

  it('keep the last word with the level that comes last', () => {
    fc.assert(
      fc.property(json.object, json.object, json.object, (dashboard, tenant, assignment) => {
        const merged = mergeLevels(any, { dashboard, tenant, assignment })
        expect(textOf(merged)).toBe(
          textOf(mergePatch(mergePatch(mergePatch({}, dashboard), tenant), assignment)),
        )
        for (const [name, value] of Object.entries(assignment)) {
          if (value === null) expect(Object.hasOwn(merged, name)).toBe(false)
        }
      }),
    )
  })
})

describe('what of a tenant is for a dashboard', () => {
  const names = (...all: string[]) => new Set(all)

  it('are the settings, filters and components that its schema names', () => {
    const declared = {
      settings: names('filters', 'visible', 'unit'),
      filters: names('line'),
      visible: names('table'),
    }
    const tenant = {
      filters: { line: { default: 'a' }, region: { default: 'x' } },
      visible: { table: false, map: false },
      unit: 1,
      other: 2,
      shell: { title: 'T' },
    }
    expect(relevantTo(declared, tenant)).toEqual({
      filters: { line: { default: 'a' } },
      visible: { table: false },
      unit: 1,
      shell: { title: 'T' },
    })
  })

  it('is everything where the schema names nothing', () => {
    fc.assert(
      fc.property(json.object, (config) => {
        expect(textOf(relevantTo(any, config))).toBe(textOf(config))
      }),
    )
  })

  it('never holds what the schema does not name', () => {
    const declared = { settings: names('a', 'filters'), filters: names('b'), visible: names() }
    fc.assert(
      fc.property(json.object, (config) => {
        const kept = relevantTo(declared, config)
        expect(['a', 'filters']).toEqual(expect.arrayContaining(Object.keys(kept)))
        const filters = kept['filters']
        if (typeof filters === 'object' && filters !== null && !Array.isArray(filters)) {
          expect(['b']).toEqual(expect.arrayContaining(Object.keys(filters)))
        }
      }),
    )
  })
})
