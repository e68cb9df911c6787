import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crossedAnswers, type Asker } from './support/crossed-answers.ts'
import { startMisbehavingApp, waysToAnswer } from './support/misbehaving-app.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'

const slug = 'pooled-app'
const base = `/dashboard/${slug}/`
let app: Awaited<ReturnType<typeof startMisbehavingApp>>
let askers: Asker[]

beforeAll(async () => {
  app = await startMisbehavingApp()
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Pooled', appUrl: app.url })
  askers = []
  for (const [email, tenant] of [
    ['viewer@acme.test', 'acme-corp'],
    ['viewer@globex.test', 'globex'],
  ] as const) {
    await operate('POST', `/admin/tenants/${tenant}/dashboards`, { slug, position: 90 })
    const one = await signedIn(email)
    await eventually(
      () => one.script(`${base}_dash-layout`),
      ({ status }) => status === 200,
    )
    askers.push({ email, cookie: one.cookies.header })
  }
})

afterAll(async () => {
  for (const tenant of ['acme-corp', 'globex'])
    await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
  await app.stop()
})

describe('an app that misbehaves, asked by two tenants over one pool of connections', () => {
  it('V19, V42, H2, H8, X17: gives nobody an answer but their own', async () => {
    const before = app.connections()
    const count = 3000
    const outcomes = await crossedAnswers({
      publicUrl: stack.publicUrl,
      base,
      askers,
      count,
      atOnce: 3,
      seed: 1,
    })
    expect(outcomes.wrong).toEqual([])
    expect(outcomes.right + outcomes.failed + outcomes.own).toBe(count)
    expect(outcomes.right).toBeGreaterThan(count / waysToAnswer.length)
    // Or nothing was pooled, and nothing proven.
    expect(app.connections() - before).toBeLessThan(count)
    expect(app.malformed).toEqual([])
  }, 120_000)

  it('H3: is sent nothing twice that could change something', () => {
    // Every question has a number of its own; one that reads may be asked again on a new connection.
    expect([...app.asked.values()].filter((times) => times > 2)).toEqual([])
  })

  it('H3: is asked once to change something, also when it hangs up', async () => {
    const { publicUrl } = stack
    for (let turn = 0; turn < 20; turn += 1) {
      const question = `once-${turn}`
      const query = new URLSearchParams({ question, how: 'nothing' }).toString()
      const response = await fetch(`${publicUrl}${base}_dash-update-component?${query}`, {
        method: 'POST',
        headers: { cookie: askers[0]?.cookie ?? '', origin: publicUrl },
        body: '{}',
      })
      expect(response.status).toBe(502)
      expect(app.asked.get(question)).toBe(1)
    }
  })
})
