import { expect, it } from 'vitest'
import { eventually, signedIn } from './support/stack.ts'
import { asNavigation } from './support/visitor.ts'

const home = async (one: Awaited<ReturnType<typeof signedIn>>, query = '') =>
  (await one.ask(`/${query}`, { headers: asNavigation })).text

it('a person’s favourites and openings are on their page, and on nobody else’s', async () => {
  const acme = await signedIn('viewer@acme.test')
  const marked = await acme.submit('/favourites', { dashboard: 'claims-monitor', favourite: 'yes' })
  expect([marked.status, marked.headers.get('location')]).toEqual([303, '/'])
  await acme.ask('/dashboard/claims-monitor/', { headers: asNavigation })
  const text = await eventually(
    () => home(acme),
    (page) => page.includes('Opened just now'),
  )
  expect(text).toContain('Claims monitor is a favourite')
  expect(text).toContain('Opened just now')
  for (const other of ['viewer@globex.test', 'actuary@kyros.test']) {
    const one = await signedIn(other)
    await one.submit('/tenant', { tenant: 'acme-corp', return_to: '/' })
    expect(await home(one)).not.toContain('is a favourite')
  }
  await acme.submit('/favourites', { dashboard: 'claims-monitor', favourite: 'no' })
  expect(await home(acme)).not.toContain('is a favourite')
})

it('what is not assigned cannot be marked: it does not exist', async () => {
  const initech = await signedIn('viewer@initech.test')
  for (const dashboard of ['claims-monitor', 'unknown', '../x', '']) {
    expect((await initech.submit('/favourites', { dashboard })).status).toBe(404)
  }
})

it('says how new the data are, and searches on the server', async () => {
  const acme = await signedIn('viewer@acme.test')
  expect(
    await eventually(
      () => home(acme),
      (page) => page.includes('Data of'),
    ),
  ).toContain('Data of')
  const found = await home(acme, '?q=MONITOR')
  expect(found).toContain('1 dashboard found')
  expect(found).not.toContain('/dashboard/loss-development/')
})
