import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'
import { acceptedCodings } from '../http/content-coding.ts'
import { sendRepresentation } from '../http/send-representation.ts'
import type { GatewayEnv } from '../request-context.ts'
import { admit, mostAssetBytes } from '../shared-assets/admission.ts'
import { contentTypes } from '../shared-assets/builds.ts'
import { wholeOf } from '../shared-assets/content-store.ts'
import type { SharedAssets } from '../shared-assets/shared-assets.ts'
import { isShareable, plotlyPath, suitesFolder } from '../shared-assets/suite-path.ts'
import type { AppAnswer } from './app-answer.ts'
import { basePathOf } from './app-request.ts'
import type { StrictPlotly } from './strict-plotly.ts'

type Fields = Readonly<Record<string, string | string[]>>

export interface SuiteAnswersOptions {
  readonly shared: Pick<SharedAssets, 'named' | 'same'>
  readonly plotly: Pick<StrictPlotly, 'replaces' | 'file'>
}

/**
 * Path of a component suite's file under a dashboard's own address, where first visitors, late
 * libraries (`response.dist`) and other clients than browsers ask for it.
 */
export function suitePathOf(c: Context<GatewayEnv>): string | undefined {
  const folder = basePathOf(c.get('dashboard').slug) + suitesFolder
  const { path } = c.get('target')
  const below = path.startsWith(folder) ? path.slice(folder.length) : ''
  return isShareable(below) ? below : undefined
}

const acceptedBy = (c: Context<GatewayEnv>) =>
  acceptedCodings(c.env.incoming.headers['accept-encoding']?.toString())

/** Sends what apps have in common from where it is kept, under the dashboard's own address too. */
export function suiteAnswers({ shared, plotly }: SuiteAnswersOptions) {
  /** What to send for an app's own answer; `undefined` passes that on as it is. */
  async function bytesFor(path: string, answer: AppAnswer): Promise<Buffer | undefined> {
    if (path === plotlyPath && (await plotly.replaces(answer))) {
      answer.abort(new Error('another build takes its place'))
      return plotly.file
    }
    const length = Number(answer.headers['content-length'] ?? Infinity)
    return length <= mostAssetBytes ? answer.bytes(mostAssetBytes) : undefined
  }

  return {
    /** Sends what a page of the app names without asking the app. @returns whether it did */
    async sendNamed(
      c: Context<GatewayEnv>,
      outgoing: ServerResponse,
      { path, fields }: { path: string; fields: Fields },
    ): Promise<boolean> {
      const found = await shared.named(c.get('dashboard'), path, acceptedBy(c))
      if (!found) return false
      sendRepresentation(c.env.incoming, outgoing, found.representation, {
        ...fields,
        'content-type': contentTypes[found.type],
        'cache-control': 'private, max-age=31536000',
      })
      return true
    },

    /** Sends an app's answer, in the coding that is kept of the same bytes. @returns whether it did */
    async sendSame(
      c: Context<GatewayEnv>,
      outgoing: ServerResponse,
      { path, fields, answer }: { path: string; fields: Fields; answer: AppAnswer },
    ): Promise<boolean> {
      const type = c.env.incoming.method === 'GET' ? admit(answer) : undefined
      const bytes = type && (await bytesFor(path, answer))
      if (!type || !bytes) return false
      const representation = (await shared.same(bytes, acceptedBy(c))) ?? wholeOf(bytes)
      sendRepresentation(c.env.incoming, outgoing, representation, {
        ...fields,
        'content-type': contentTypes[type],
      })
      return true
    },
  }
}
