import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Known, openingWith } from './opening-view.ts'

const id = '0b4c3a52-1f0e-4c8e-9d0a-6f1f2f3a4b5c'
const other = 'aaaaaaaa-1f0e-4c8e-9d0a-6f1f2f3a4b5c'
const base = '/dashboard/reserves/'
const view: Known = { id, isDefault: false, path: null }
const at = (path: string, query = '', views = [view]) =>
  openingWith({ path, query }, 'reserves', views)

describe('a dashboard', () => {
  it('opens with the view that its address names, of which the app sees nothing', () => {
    const query = `?line=a%20b&view=${id}&x`
    expect(at(base, query)).toEqual({ path: base, query: '?line=a%20b&x', view: { shownId: id } })
    expect(at(base, `?view=${id}`).query).toBe('')
  })

  it('says when that view is not there, and leaves another `view` to the app', () => {
    expect(at(base, `?view=${other}`).view).toEqual({ isGone: true })
    expect(at(base, '?view=table')).toEqual({ path: base, query: '?view=table', view: {} })
  })

  it('opens with the default, on the page where that was saved', () => {
    const views = [{ ...view, isDefault: true, path: 'bootstrap?n=2' }]
    const there = { path: `${base}bootstrap`, query: '?n=2', view: { shownId: id } }
    expect(at(base, '', views)).toEqual(there)
    expect(at(`${base}bootstrap`, '', views)).toEqual(there)
  })

  it('opens where its address says, if that is another page', () => {
    const views = [{ ...view, isDefault: true, path: 'bootstrap' }]
    expect(at(`${base}method`, '', views)).toEqual({ path: `${base}method`, query: '', view: {} })
    expect(at(base, '?line=a', views)).toEqual({ path: base, query: '?line=a', view: {} })
  })

  it.each(['../../logout', '..', '%2e%2e/other/', '\\\\evil', '//evil/x', '\t../../logout'])(
    'never opens outside of itself, whatever a view says: %s',
    (path) => {
      const opened = at(base, '', [{ ...view, isDefault: true, path }])
      expect(opened.path.startsWith(base)).toBe(true)
    },
  )

  it('stays within itself for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        expect(at(base, '', [{ ...view, isDefault: true, path }]).path.startsWith(base)).toBe(true)
      }),
    )
  })
})
