import { Hono, type MiddlewareHandler } from 'hono'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import type { GatewayEnv } from './request-context.ts'
import { inOrder, stage, type Check } from './stage.ts'

const steps: string[] = []
const passing = (name: string) => stage(() => void steps.push(name))
const waiting = (name: string) =>
  stage(async () => {
    await turn()
    steps.push(name)
  })
const finishing = (name: string) =>
  stage(
    () => void steps.push(name),
    () => void steps.push(`${name} again`),
  )

function appWith(...middleware: MiddlewareHandler<GatewayEnv>[]) {
  const app = new Hono<GatewayEnv>()
  for (const one of middleware) app.use(one)
  app.onError((error, c) => c.text(error.message, 500))
  return app.get('/', (c) => {
    steps.push('handler')
    return c.text('handled')
  })
}

const ask = async (app: Hono<GatewayEnv>) => (await app.request('/')).text()

beforeEach(() => void steps.splice(0))

describe('stages in order', () => {
  it('follow each other, whether they wait or not, and come before what is behind them', async () => {
    const app = appWith(
      inOrder(passing('first'), waiting('second'), passing('third')),
      passing('fourth'),
    )
    expect(await ask(app)).toBe('handled')
    expect(steps).toEqual(['first', 'second', 'third', 'fourth', 'handler'])
  })

  const answering: Check = () => new Response('answered')
  const refusing: Check = () => {
    throw new Error('refused')
  }
  const late =
    (check: Check): Check =>
    async (c) => {
      await turn()
      return check(c)
    }

  it.each([
    ['answers', answering, 'answered'],
    ['answers after a while', late(answering), 'answered'],
    ['refuses', refusing, 'refused'],
    ['refuses after a while', late(refusing), 'refused'],
  ])('end with one that %s: nothing behind it is asked', async (_, check, answer) => {
    const app = appWith(
      inOrder(waiting('first'), stage(check), passing('second')),
      passing('third'),
    )
    expect(await ask(app)).toBe(answer)
    expect(steps).toEqual(['first'])
  })

  it('finish the answer from the last to the first, a refusal of a later group as well', async () => {
    const edge = inOrder(finishing('outer'), passing('between'), finishing('inner'))
    await ask(appWith(edge))
    expect(steps).toEqual(['outer', 'between', 'inner', 'handler', 'inner again', 'outer again'])
    steps.splice(0)
    await ask(appWith(edge, inOrder(stage(late(refusing)))))
    expect(steps).toEqual(['outer', 'between', 'inner', 'inner again', 'outer again'])
  })

  it('see the answer that they finish, also one of their own group', async () => {
    const stamped = stage(
      () => {},
      (c) => c.res.headers.set('x-stamp', 'yes'),
    )
    const app = appWith(inOrder(stamped, stage(answering)))
    const response = await app.request('/')
    expect(response.headers.get('x-stamp')).toBe('yes')
    expect(await response.text()).toBe('answered')
  })

  it('carry the names of their functions', () => {
    expect(stage(function requireThing() {}).name).toBe('requireThing')
  })
})
