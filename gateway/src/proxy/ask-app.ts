import type { GatewayError } from '../edge/gateway-error.ts'
import type { AppAddresses, Place } from './app-addresses.ts'
import type { AppAnswer } from './app-answer.ts'
import type { AppPools } from './app-pools.ts'
import { isUnconnected, upstreamFailure } from './failures.ts'
import { askApp, askOnce, type UpstreamRequest } from './forward.ts'

export interface AppAskerOptions {
  readonly pools: Pick<AppPools, 'poolFor' | 'noteReached'>
  readonly addresses: Pick<AppAddresses, 'noteReached' | 'noteUnreached'>
  /** Told of a request that an app did not answer, with the code of what the client is told. */
  readonly onFailure: (dashboard: string, reason: string) => void
}

export interface AskedApp {
  readonly slug: string
  readonly appUrl: string
}

/** Asks apps for people, and notes how they do. */
export function createAppAsker({ pools, addresses, onFailure }: AppAskerOptions) {
  async function askOnly(appUrl: string, session: string, request: UpstreamRequest) {
    try {
      const answer = await askApp(pools.poolFor(appUrl, session), request)
      pools.noteReached(appUrl, true)
      return answer
    } catch (error) {
      const { status } = upstreamFailure(error)
      if (status >= 502) pools.noteReached(appUrl, status !== 502)
      throw error
    }
  }

  async function askAt(address: string, session: string, request: UpstreamRequest) {
    try {
      const answer = await askOnce(pools.poolFor(address, session), request)
      pools.noteReached(address, true)
      addresses.noteReached(address)
      return answer
    } catch (error) {
      // An answer that breaks off says nothing of the address: one request can make an app do that, and
      // would otherwise send everybody else's sessions elsewhere.
      if (isUnconnected(error)) {
        pools.noteReached(address, false)
        addresses.noteUnreached(address)
      }
      throw error
    }
  }

  /** A reading request of which nothing has come goes to another address, once (RFC 9110 §9.2.2). */
  async function askSomewhere(place: Place, session: string, request: UpstreamRequest) {
    try {
      return await askAt(place.address, session, request)
    } catch (error) {
      if (request.method === 'POST' || upstreamFailure(error).status !== 502) throw error
    }
    place.moveOn()
    return askAt(place.address, session, request)
  }

  /**
   * @param place where, for an app with several addresses
   * @param session whose connections it uses
   */
  return async function ask(
    { slug, appUrl }: AskedApp,
    place: Place | undefined,
    session: string,
    request: UpstreamRequest,
  ): Promise<AppAnswer> {
    try {
      return await (place
        ? askSomewhere(place, session, request)
        : askOnly(appUrl, session, request))
    } catch (error) {
      const failure: GatewayError = upstreamFailure(error)
      if (failure.status >= 502) onFailure(slug, failure.code)
      throw failure
    }
  }
}

export type AppAsker = ReturnType<typeof createAppAsker>
