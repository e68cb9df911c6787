import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ownEntries, prefixOf, type RawStorage } from './storage-names.ts'

const part = fc.oneof(
  fc.constantFrom('acme-corp', 'acme', 'acme-corp/x', 'a/b', '%2F', '/', '', '__proto__'),
  fc.string(),
)
const owner = fc.record({ tenant: part, user: part, slug: part })
const key = fc.oneof(fc.constantFrom('', 'store', 'length', '__proto__', 'dashgate/'), fc.string())
const act = fc.oneof(
  fc.record({ do: fc.constant('set' as const), who: fc.boolean(), key, value: fc.string() }),
  fc.record({ do: fc.constant('remove' as const), who: fc.boolean(), key }),
  fc.record({ do: fc.constant('clear' as const), who: fc.boolean() }),
)

it('gives two owners names of which none begins the other', () => {
  fc.assert(
    fc.property(owner, owner, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other))
      expect(prefixOf(one).startsWith(prefixOf(other))).toBe(false)
    }),
    { numRuns: 1000 },
  )
})

it('behaves for two owners in one storage as if each had its own', () => {
  fc.assert(
    fc.property(owner, owner, fc.array(act, { maxLength: 30 }), (one, other, acts) => {
      fc.pre(prefixOf(one) !== prefixOf(other))
      const raw = memoryStorage({ 'somebody-else': 'untouched' })
      const views = [one, other].map((each) => ownEntries(raw, prefixOf(each)))
      const models = [new Map<string, string>(), new Map<string, string>()]
      for (const step of acts) {
        const [view, model] = [views[Number(step.who)]!, models[Number(step.who)]!]
        if (step.do === 'set') {
          view.setItem(step.key, step.value)
          model.set(step.key, step.value)
        }
        if (step.do === 'remove') {
          view.removeItem(step.key)
          model.delete(step.key)
        }
        if (step.do === 'clear') {
          view.clear()
          model.clear()
        }
      }
      views.forEach((view, i) => {
        const model = models[i]!
        expect(new Set(view.keys())).toEqual(new Set(model.keys()))
        expect(view.length).toBe(model.size)
        expect(view.key(view.length)).toBeNull()
        for (const [name, value] of model) expect(view.getItem(name)).toBe(value)
      })
      expect(raw.getItem('somebody-else')).toBe('untouched')
    }),
  )
})

function memoryStorage(start: Record<string, string>): RawStorage {
  const entries = new Map(Object.entries(start))
  return {
    get length() {
      return entries.size
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  }
}
