import type { Worker } from 'node:cluster'
import { randomUUID } from 'node:crypto'
import type { MetricSnapshot } from '../observability/merged-metrics.ts'
import type { Readiness } from './readiness.ts'

/** What the first process asks the others. */
export interface Answers {
  readonly metrics: MetricSnapshot
  readonly readiness: Readiness
}

/** What goes to a process: a question. */
interface Question {
  readonly ask: keyof Answers
  readonly id: string
}

/** What comes from one: an answer, or that it is ready. */
export type Said =
  { readonly ready: true } | { readonly id: string; readonly answer: Answers[keyof Answers] }

/** A process that does not answer for so long is busy, or hangs. */
const patienceMs = 2000

/** Whoever has gone meanwhile hears nothing; without a callback that would be an error of ours. */
const send = (worker: Worker, what: Question | Said): void =>
  void (worker.isConnected() && worker.send(what, () => {}))

/** The side of a process that is asked. */
export function answerQuestions(
  worker: Worker,
  answers: { readonly [Name in keyof Answers]: () => Promise<Answers[Name]> },
): void {
  const say = (said: Said) => send(worker, said)
  worker.on('message', ({ ask, id }: Question) => {
    // What went wrong is in the log of whoever it went wrong with; the first process hears nothing.
    answers[ask]().then(
      (answer) => say({ id, answer }),
      () => {},
    )
  })
  say({ ready: true })
}

/** Asks a process; `undefined` when it does not answer in time. */
export function ask<Name extends keyof Answers>(
  worker: Worker,
  name: Name,
): Promise<Answers[Name] | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answers[Name] | undefined>()
  const id = randomUUID()
  const hear = (said: Said) => {
    if ('id' in said && said.id === id) resolve(said.answer as Answers[Name])
  }
  const timer = setTimeout(() => resolve(undefined), patienceMs)
  worker.on('message', hear)
  send(worker, { ask: name, id })
  return promise.finally(() => {
    clearTimeout(timer)
    worker.off('message', hear)
  })
}
