import { tmpdir } from 'node:os'
import type { Config } from './config.ts'
import type { Foundation } from './foundation.ts'
import { type LimitsByTenant } from './limits/limits.ts'
import { createStreams } from './limits/streams.ts'
import { createTurns } from './limits/turns.ts'
import { createWorkLimits } from './limits/work.ts'
import type { Logger } from './observability/logger.ts'
import { startAddressChecks } from './proxy/address-checks.ts'
import { createAppAddresses } from './proxy/app-addresses.ts'
import { createAppPools } from './proxy/app-pools.ts'
import { createAppAsker } from './proxy/ask-app.ts'
import { assetSource } from './proxy/asset-source.ts'
import { createCallbackNames } from './proxy/callback-names.ts'
import { httpHandler } from './proxy/http-handler.ts'
import { proxyStage } from './proxy/proxy-stage.ts'
import { socketHandler } from './proxy/socket-handler.ts'
import { createStrictPlotly } from './proxy/strict-plotly.ts'
import { createTenantTokenCache } from './proxy/tenant-token-cache.ts'
import { createTunnel } from './proxy/tunnel.ts'
import { createSharedAssets } from './shared-assets/shared-assets.ts'
import { type ShellAssets } from './shell/assets.ts'

/** The stage that passes requests on, with the connections that it holds. */
export function composeProxy(
  config: Config,
  { directory, metrics, tenantTokens }: Foundation,
  { assets, limitsOf, logger }: { assets: ShellAssets; limitsOf: LimitsByTenant; logger: Logger },
) {
  const publicOrigin = config.PUBLIC_URL
  const turns = createTurns({
    appRequestsAtOnce: config.APP_REQUESTS_AT_ONCE,
    waitMs: config.TURN_WAIT_SECONDS * 1000,
  })
  const work = createWorkLimits({
    turns,
    streams: createStreams(),
    arrivals: createStreams(),
    limitsOf,
  })
  const pools = createAppPools({ timeoutMs: config.UPSTREAM_TIMEOUT_SECONDS * 1000 })
  const addresses = createAppAddresses()
  const checks = startAddressChecks({
    addresses,
    apps: () => directory.dashboards(),
    noteReached: pools.noteReached,
  })
  metrics.followUpstreams(() => pools.use(turns.use(), checks.followed()))
  const tokens = createTenantTokenCache(tenantTokens)
  metrics.followCache('tenant_tokens', tokens.use)
  const { frameScript } = assets
  const plotly = createStrictPlotly()
  const shared = createSharedAssets({
    folder: config.SHARED_ASSETS_DIR ?? tmpdir(),
    maxBytes: config.SHARED_ASSETS_MAX_BYTES,
    fetchAsset: assetSource({ pools, plotly, host: new URL(publicOrigin).host }),
    warn: (message, facts) => void logger.warn(message, facts),
  })
  metrics.followCache('shared_assets', shared.use)
  const maxBodyBytes = config.MAX_BODY_BYTES
  const proxy = proxyStage({
    forward: httpHandler({
      ask: createAppAsker({ pools, addresses, onFailure: metrics.countUpstreamFailure }),
      addresses,
      tokens,
      work,
      callbacks: createCallbackNames(),
      inFlight: metrics.inFlight,
      publicOrigin,
      frameScript,
      plotly,
      shared,
      maxBodyBytes,
      policyExceptions: config.CSP_EXCEPTIONS,
    }),
    openSocket: socketHandler({
      tunnel: createTunnel(),
      addresses,
      pools,
      tokens,
      work,
      publicOrigin,
      socketOpened: metrics.countSocket,
    }),
  })
  return {
    proxy,
    shared,
    async close(): Promise<void> {
      await checks.stop()
      shared.close()
      await pools.close()
    },
  }
}
