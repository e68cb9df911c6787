import { expect, it } from 'vitest'
import { operate, signedIn, staffFor } from './support/stack.ts'
import { asFrame, asNavigation } from './support/visitor.ts'

const log = (one: Awaited<ReturnType<typeof signedIn>>) =>
  one.ask('/access-log', { headers: asNavigation })

it('a tenant’s people see that staff looked, why, and what they opened', async () => {
  const reason = `Look at the <b>triangle</b> ${Date.now()}`
  const staff = await signedIn('actuary@kyros.test')
  await staff.submit('/tenant', { tenant: 'globex', return_to: '/', reason })
  await staff.ask('/dashboard/loss-development/', { headers: asFrame })
  const { status, text, headers } = await log(await signedIn('viewer@globex.test'))
  expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
  const visit = text.split('class="visit"').find((item) => item.includes(reason.slice(-13))) ?? ''
  expect(visit).toContain('Look at the &lt;b&gt;triangle&lt;/b&gt;')
  expect(visit).toContain('Staff of kyros.test')
  expect(visit).toContain('Loss development')
  // Who it was is for the operator to say.
  expect(text).not.toContain('actuary@')
  for (const other of ['viewer@acme.test', 'viewer@initech.test']) {
    expect((await log(await signedIn(other))).text).not.toContain(reason.slice(-13))
  }
})

it('a visit without a reason is recorded as one without a reason', async () => {
  const staff = await staffFor('initech')
  const { text } = await log(await signedIn('viewer@initech.test'))
  expect(text).toContain('No reason given')
  const { json } = await operate(
    'GET',
    '/admin/audit-logs?action=tenant.switched&tenantId=initech&limit=1',
  )
  expect(json['auditLogs']).toMatchObject([{ detail: { reason: null } }])
  expect((await log(staff)).text).toContain('You are looking at')
})

it('the chooser finds a client by a part of its name, and asks why before it lets anybody in', async () => {
  const staff = await signedIn('actuary@kyros.test')
  const found = await staff.visit('/tenant?q=GLOB&return_to=/dashboard/claims-monitor/')
  expect(found.text).toContain('1 client found')
  expect(found.text).not.toContain('initech')
  const asked = await staff.visit('/tenant?to=globex&return_to=/dashboard/claims-monitor/')
  expect(asked.text).toContain('Why Globex?')
  expect(asked.text).toContain('name="return_to" value="/dashboard/claims-monitor/"')
  // Whoever may not act for a client is not told whether it exists.
  expect((await staff.visit('/tenant?to=nobody')).text).toContain('Choose a client')
})
