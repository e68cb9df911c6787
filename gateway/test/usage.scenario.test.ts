import { expect, it } from 'vitest'
import { signedIn } from './support/stack.ts'
import { asFrame, asNavigation } from './support/visitor.ts'

it('staff see who opened what, as a page and as a file; for viewers there is neither', async () => {
  const viewer = await signedIn('viewer@globex.test')
  await viewer.ask('/dashboard/loss-development/', { headers: asFrame })
  const staff = await signedIn('actuary@kyros.test')
  const page = await staff.ask('/usage?days=7', { headers: asNavigation })
  expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(page.text).toContain('viewer@globex.test')
  expect(page.text).toContain('<td>Globex</td>')
  const file = await staff.ask('/usage.csv?days=7', { headers: asNavigation })
  expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(file.text).toContain('"globex","loss-development","viewer@globex.test"')
  for (const path of ['/usage', '/usage.csv']) {
    expect((await viewer.ask(path, { headers: asNavigation })).status).toBe(404)
  }
})
