import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBrowser } from './browser.ts'
import { startCanaryApp } from './canary-app.ts'
import { createCanaryMetrics } from './canary-metrics.ts'
import { listen, type OwnListener } from './own-listener.ts'
import { emptyHistory, parseHistory, withRound, type History } from './history.ts'
import type { Asker } from './questions.ts'
import { reportFor, toMarkdown } from './report.ts'
import { goRound, type Round } from './round.ts'
import type { CanarySettings, CanaryTenant } from './settings.ts'
import { byCommand } from './sign-in-command.ts'
import { byForms, readSession, signIn } from './sign-in.ts'

export interface Canary {
  /** Where its app answers, which is the `appUrl` of its dashboard. */
  readonly appUrl: string
  readonly metricsUrl: string
  /** One round; throws where nothing could be asked. */
  round(): Promise<Round>
  stop(): Promise<void>
}

/** Two people who sign in once, ask in rounds, and sign in again when their sessions have ended. */
export async function createCanary(
  settings: CanarySettings,
  now: () => Date = () => new Date(),
): Promise<Canary> {
  const { PUBLIC_URL: publicUrl, CANARY_APP_SLUG: ownSlug } = settings
  const metrics = createCanaryMetrics()
  const askers = settings.tenants.map((tenant) => createAsker(tenant, publicUrl, ownSlug))
  const [first, second] = askers as [Asker, Asker]
  const ownApp = await startCanaryApp(settings.CANARY_APP_LISTEN, {
    slug: ownSlug,
    internalUrl: settings.DASHGATE_INTERNAL_URL,
  })
  const ownMetrics = await serveMetrics(settings, metrics).catch(async (error: unknown) => {
    await ownApp.stop()
    throw error
  })
  const isBack = (url: string) => url.startsWith(`${publicUrl}/auth/callback`)
  let isTurned = false

  async function ensureSignedIn({ browser, tenant }: Asker): Promise<void> {
    const session = await readSession(browser, publicUrl)
    if (session?.activeTenant === tenant.id) return
    const { CANARY_SIGN_IN_COMMAND: command } = settings
    const step = command ? byCommand(command) : byForms(browser, isBack)
    await signIn(browser, publicUrl, tenant, step)
  }

  return {
    appUrl: ownApp.url,
    metricsUrl: ownMetrics.url,
    async round() {
      try {
        for (const asker of askers) await ensureSignedIn(asker)
        // Who asks first makes a difference to what is kept.
        const turn: [Asker, Asker] = isTurned ? [second, first] : [first, second]
        isTurned = !isTurned
        const made = await goRound(turn, now)
        if (made.results.every(({ answers, failed }) => answers === failed)) {
          throw new Error('Not one question was answered')
        }
        metrics.observe(made, now())
        writeReports(settings, made, now())
        return made
      } catch (error) {
        metrics.countFailedRound()
        throw error
      }
    },
    async stop() {
      for (const { browser } of askers) {
        await browser.submit(`${publicUrl}/logout`, {}).catch(() => undefined)
        await browser.close()
      }
      await Promise.all([ownApp.stop(), ownMetrics.stop()])
    },
  }
}

const createAsker = (tenant: CanaryTenant, publicUrl: string, ownSlug: string): Asker => ({
  browser: createBrowser(),
  publicUrl,
  tenant,
  ownSlug,
})

const serveMetrics = (
  { CANARY_LISTEN }: CanarySettings,
  metrics: ReturnType<typeof createCanaryMetrics>,
): Promise<OwnListener> =>
  listen(CANARY_LISTEN, (request, response) => {
    if (request.url === '/livez') return void response.end('ok\n')
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    metrics.expose().then(
      (text) => response.setHeader('Content-Type', metrics.contentType).end(text),
      () => response.writeHead(500).end(),
    )
  })

const historyFile = 'history.json'

export function readHistory(directory: string, now: Date): History {
  try {
    return parseHistory(readFileSync(join(directory, historyFile), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyHistory(now)
    throw error
  }
}

/** The history, and a report for each canary tenant on all dashboards that it was shown. */
function writeReports(settings: CanarySettings, round: Round, now: Date): void {
  const { CANARY_REPORT_DIR: directory } = settings
  mkdirSync(directory, { recursive: true })
  const history = withRound(readHistory(directory, now), round)
  write(join(directory, historyFile), JSON.stringify(history, null, 2))
  for (const [tenantId, dashboards] of round.dashboards) {
    const report = reportFor(history, tenantId, dashboards, now)
    write(join(directory, `${tenantId}.json`), JSON.stringify(report, null, 2))
    write(join(directory, `${tenantId}.md`), toMarkdown(report))
  }
}

/** Whole or not at all: somebody may read it meanwhile. */
function write(file: string, text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
