import type { FetchAsset } from '../shared-assets/app-builds.ts'
import { admit, mostAssetBytes } from '../shared-assets/admission.ts'
import { plotlyPath, suitesFolder } from '../shared-assets/suite-path.ts'
import type { AppPools } from './app-pools.ts'
import { basePathOf } from './app-request.ts'
import { askApp } from './forward.ts'
import type { StrictPlotly } from './strict-plotly.ts'

export interface AssetSourceOptions {
  readonly pools: Pick<AppPools, 'poolFor'>
  readonly plotly: Pick<StrictPlotly, 'inPlaceOf'>
  /** The `Host` that browsers know us by. */
  readonly host: string
}

/** Whose connections these are: nobody's, and so never those of a session. */
const nobody = 'shared-assets'

/** An app that takes longer for a file on its own disk is not asked to share it. */
const patienceMs = 20_000

/**
 * Asks apps for the files of component suites in nobody's name: without a session, a tenant or a
 * token, so that nothing of them can be in the answer.
 */
export const assetSource =
  ({ pools, plotly, host }: AssetSourceOptions): FetchAsset =>
  async ({ slug, appUrl }, path) => {
    const answer = await askApp(pools.poolFor(appUrl, nobody), {
      method: 'GET',
      target: `${basePathOf(slug)}${suitesFolder}${path}`,
      headers: { host, accept: '*/*', 'accept-encoding': 'identity' },
      body: undefined,
      signal: AbortSignal.timeout(patienceMs),
    })
    const type = admit(answer)
    if (type === undefined) {
      answer.abort(new Error('this cannot be shared'))
      return undefined
    }
    const bytes = await answer.bytes(mostAssetBytes)
    return { type, bytes: path === plotlyPath ? plotly.inPlaceOf(bytes) : bytes }
  }
