import { Visitor, type Answer, type VisitOptions } from './visitor.ts'

/** Spreads requests over replicas, and counts those that one of them did not live to answer. */
export function createBalancer(replicas: readonly string[]) {
  let turn = 0
  const figures = { requests: 0, deadSockets: 0 }
  return {
    figures,
    next: () => replicas[turn++ % replicas.length] ?? '',
    /** Whether somebody may be asked in the place of who did not answer. */
    isDead(error: unknown): boolean {
      const codes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']
      const code = (error as { code?: unknown } | null)?.code
      const isDead = codes.some((one) => one === code)
      if (isDead) figures.deadSockets += 1
      return isDead
    },
  }
}

export type Balancer = ReturnType<typeof createBalancer>

/** A browser behind a load balancer: each request to the next replica, and on to another if that is dead. */
export class BalancedVisitor extends Visitor {
  readonly #balancer: Balancer

  constructor(publicUrl: string, balancer: Balancer) {
    super(publicUrl)
    this.#balancer = balancer
  }

  override async ask(path: string, options: VisitOptions = {}): Promise<Answer> {
    for (;;) {
      this.via = this.#balancer.next()
      try {
        const answer = await super.ask(path, options)
        this.#balancer.figures.requests += 1
        return answer
      } catch (error) {
        if (!this.#balancer.isDead(error)) throw error
      }
    }
  }
}
