import type { Context, MiddlewareHandler, Next } from 'hono'
import type { GatewayEnv } from './request-context.ts'

/** What a stage does with a request: lets it pass, answers it, or throws a refusal. */
export type Check = (c: Context<GatewayEnv>) => Passed | Promise<Passed>

type Passed = Response | undefined | void

/** What a stage adds to the answer, whichever stage has made it. */
export type Finish = (c: Context<GatewayEnv>) => void

/** A step on the way of a request: middleware by itself, and put together with others by {@link inOrder}. */
export interface Stage extends MiddlewareHandler<GatewayEnv> {
  readonly check: Check
  readonly finish: Finish | undefined
}

/** Makes a stage that carries the name of its function, in stack traces and lists of routes. */
export function stage(check: Check, finish?: Finish): Stage {
  const only = { check, finish }
  const handler: MiddlewareHandler<GatewayEnv> = (c, next) => pass(c, next, [only])
  Object.defineProperty(handler, 'name', { value: check.name })
  return Object.assign(handler, only)
}

/**
 * Several stages as one, each after the other. Whether it waits for anything or not, middleware of Hono costs
 * some promises and closures each; twenty of them were a seventh of the garbage of a request (measured).
 * What a stage refuses is finished by the stages of earlier groups only.
 */
export const inOrder =
  (...stages: readonly Stage[]): MiddlewareHandler<GatewayEnv> =>
  (c, next) =>
    pass(c, next, stages)

type Steps = readonly Pick<Stage, 'check' | 'finish'>[]

function pass(c: Context<GatewayEnv>, next: Next, steps: Steps): Promise<Response | void> {
  const passed = passFrom(0, c, next, steps)
  return steps.some(({ finish }) => finish) ? finished(passed, c, steps) : passed
}

/** No `async` function: what need not wait does not. Who calls it takes a throw for a rejection. */
function passFrom(
  first: number,
  c: Context<GatewayEnv>,
  next: Next,
  steps: Steps,
): Promise<Response | void> {
  for (let at = first; at < steps.length; at += 1) {
    const passed = steps[at]?.check(c)
    if (passed === undefined) continue
    if (!(passed instanceof Promise)) return Promise.resolve(passed)
    return passed.then((answer) => answer ?? passFrom(at + 1, c, next, steps))
  }
  return next()
}

async function finished(passed: Promise<Response | void>, c: Context<GatewayEnv>, steps: Steps) {
  const answer = await passed
  // What `next` resolves with is Hono's own affair, and no answer.
  if (!c.finalized && answer) c.res = answer
  for (const { finish } of steps.toReversed()) finish?.(c)
}
