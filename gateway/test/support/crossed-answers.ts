import { Agent, request } from 'undici'
import { answerFor, goodWays, waysToAnswer } from './misbehaving-app.ts'

export interface Asker {
  readonly email: string
  readonly cookie: string
}

export interface Outcomes {
  /** Whole answers, right ones. */
  right: number
  /** Failures: 502, or an answer that broke off. */
  failed: number
  /** Answers to other questions of the same person. */
  own: number
  /** Failures of an app that behaved this time: what it had sent too much before broke the connection. */
  unlucky: number
  /** Descriptions of what must not be. */
  readonly wrong: string[]
}

export interface Round {
  readonly publicUrl: string
  readonly base: string
  readonly askers: readonly Asker[]
  readonly count: number
  /** How many questions each asker has open at a time. */
  readonly atOnce: number
  readonly seed: number
}

/** A small generator of numbers that are the same each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Asks one question and notes what came of it. */
async function ask(
  { publicUrl, base }: Round,
  { email, cookie }: Asker,
  { question, how, isPost }: { question: string; how: string; isPost: boolean },
  { agent, outcomes }: { agent: Agent; outcomes: Outcomes },
): Promise<void> {
  const query = new URLSearchParams({ question, how }).toString()
  const path = isPost ? '_dash-update-component' : '_dash-layout'
  const what = `${isPost ? 'POST' : 'GET'} ${how}`
  try {
    const { statusCode, headers, body } = await request(`${publicUrl}${base}${path}?${query}`, {
      method: isPost ? 'POST' : 'GET',
      dispatcher: agent,
      headers: {
        cookie,
        origin: publicUrl,
        'sec-fetch-site': 'same-origin',
        'sec-fetch-mode': 'cors',
        'content-type': 'application/json',
      },
      body: isPost ? JSON.stringify({ question, padding: 'x'.repeat(2000) }) : null,
    })
    const text = await body.text()
    if (headers['set-cookie']) outcomes.wrong.push(`${what}: a cookie`)
    if (statusCode === 502) outcomes.failed += 1
    else if (text === answerFor(email, question)) outcomes.right += 1
    // Cut off where the app said that it ends: the beginning of the answer, and of no other.
    else if (statusCode === 200 && answerFor(email, question).startsWith(text)) outcomes.failed += 1
    // What an app says beyond its answer can be taken for the next one, of the same session only.
    else if (statusCode === 200 && text.includes(`"${email}`)) outcomes.own += 1
    else outcomes.wrong.push(`${what}: ${email} got ${statusCode} ${text.slice(0, 100)}`)
    if (statusCode !== 200 && goodWays.has(how)) outcomes.unlucky += 1
  } catch {
    outcomes.failed += 1
    if (goodWays.has(how)) outcomes.unlucky += 1
  }
}

/**
 * Lets several people ask an app that misbehaves, all over the same pool of connections, and looks at
 * every answer: it is one's own or none.
 */
export async function crossedAnswers(round: Round): Promise<Outcomes> {
  const outcomes: Outcomes = { right: 0, failed: 0, own: 0, unlucky: 0, wrong: [] }
  const agents = round.askers.map(() => new Agent({ connections: round.atOnce }))
  const next = numbers(round.seed)
  let asked = 0
  const work = async (asker: Asker, agent: Agent) => {
    while (asked < round.count) {
      asked += 1
      const how = waysToAnswer[Math.floor(next() * waysToAnswer.length)] ?? 'plain'
      const question = { question: `${round.seed}-${asked}`, how, isPost: next() < 0.5 }
      await ask(round, asker, question, { agent, outcomes })
    }
  }
  await Promise.all(
    round.askers.flatMap((asker, index) =>
      Array.from({ length: round.atOnce }, () => work(asker, agents[index] ?? new Agent())),
    ),
  )
  await Promise.all(agents.map((agent) => agent.close()))
  return outcomes
}
