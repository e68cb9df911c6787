import { describe, expect, it } from 'vitest'
import { fitConfig } from './config-fit.ts'
import { compileConfigSchema } from './config-schema.ts'

const schema = compileConfigSchema({
  properties: {
    filters: {
      properties: { line: { properties: { default: { type: 'string' } } } },
      additionalProperties: false,
    },
    visible: { properties: { table: true }, additionalProperties: false },
  },
  additionalProperties: false,
})
const nothing = { dashboard: {}, tenant: {}, assignment: {} }
const where = (state: ReturnType<typeof fitConfig>) =>
  state.ok ? 'fits' : state.faults.map(({ path }) => path.join('.'))

describe('the settings of a dashboard for a tenant', () => {
  it('are merged, and fit', () => {
    const state = fitConfig(schema, {
      dashboard: { filters: { line: { options: ['a', 'b'], default: 'a' } } },
      tenant: { filters: { line: { default: 'b' }, region: { default: 'x' } }, unit: 7 },
      assignment: { visible: { table: false } },
    })
    expect(state).toEqual({
      ok: true,
      config: {
        filters: { line: { options: ['a', 'b'], default: 'b' } },
        visible: { table: false },
      },
    })
  })

  it('may lack in the tenant’s own what other dashboards know, and only there', () => {
    const extra = { unit: 7 }
    expect(where(fitConfig(schema, { ...nothing, tenant: extra }))).toBe('fits')
    expect(where(fitConfig(schema, { ...nothing, dashboard: extra }))).toEqual(['unit'])
    expect(where(fitConfig(schema, { ...nothing, assignment: extra }))).toEqual(['unit'])
  })

  it('take the words of the shell, which no schema needs to know', () => {
    const shell = { title: 'Losses' }
    expect(fitConfig(schema, { ...nothing, assignment: { shell } })).toEqual({
      ok: true,
      config: { shell },
    })
  })

  it('do not fit when a level makes the default of another one impossible', () => {
    const dashboard = { filters: { line: { options: ['a', 'b'], default: 'a' } } }
    const assignment = { filters: { line: { options: ['b'] } } }
    expect(where(fitConfig(schema, { ...nothing, dashboard, assignment }))).toEqual([
      'filters.line.default',
    ])
  })

  it('are nothing at all when they do not fit: no part of them is let through', () => {
    const broken = compileConfigSchema({ type: 'nonsense' })
    const state = fitConfig(broken, { ...nothing, dashboard: { visible: { table: true } } })
    expect(where(state)).toEqual(['configSchema.type'])
    expect(state).not.toHaveProperty('config')
  })

  it.each<[string, Record<string, unknown>]>([
    ['too large', { note: 'x'.repeat(64 * 1024) }],
    ['too deep', JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as Record<string, unknown>],
    [
      'deep enough to use up the stack',
      JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as Record<string, unknown>,
    ],
  ])('may not be %s', (_what, tenant) => {
    expect(where(fitConfig(undefined, { ...nothing, tenant }))).toEqual([''])
  })
})
