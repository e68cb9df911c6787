import { join } from 'node:path'
import { findProgram } from '../../dev/setup/programs.mjs'
import { createPart } from '../../dev/part.ts'
import { answersOk } from '../../dev/wait.ts'
import type { Bench } from '../bench.ts'
import { connectDevtools } from './devtools.ts'

/** What a browser has of somebody, and sends of itself. */
export interface Profile {
  readonly cookies?: readonly Readonly<Record<string, unknown>>[]
  readonly extraHeaders?: Readonly<Record<string, string>>
}

/**
 * A Chromium that nothing else looks into. Playwright switches on the domain `Runtime` in every page;
 * for that V8 reads a script's text again for each stack that it notes, which adds 400 ms to the start
 * of plotly.js (measured), here and straight alike.
 */
export async function startChromium(bench: Bench) {
  const port = bench.port()
  const address = `http://127.0.0.1:${port}/json/version`
  const file = findProgram('chromium', process.env)
  if (file === undefined) throw new Error('Chromium is missing: install it, or set CHROMIUM_PATH')
  const part = createPart(
    {
      name: 'chromium',
      command: {
        file,
        args: [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--disable-background-networking',
          '--disable-component-update',
          '--disable-default-apps',
          '--disable-extensions',
          '--no-first-run',
          '--mute-audio',
          `--remote-debugging-port=${port}`,
          `--user-data-dir=${join(bench.directory, 'chromium')}`,
          'about:blank',
        ],
      },
      isReady: () => answersOk(address),
    },
    bench.parts.context,
  )
  await bench.parts.start(part, 'any')
  const { webSocketDebuggerUrl } = (await (await fetch(address)).json()) as {
    webSocketDebuggerUrl: string
  }
  const devtools = await connectDevtools(webSocketDebuggerUrl)

  return {
    devtools,
    /** Does the work in a profile of its own, with nothing in its cache. */
    async withProfile<T>(
      { cookies = [] }: Profile,
      work: (browserContextId: string) => Promise<T>,
    ): Promise<T> {
      const { browserContextId } = await devtools.send('Target.createBrowserContext')
      try {
        await devtools.send('Storage.setCookies', { cookies, browserContextId })
        return await work(String(browserContextId))
      } finally {
        await devtools.send('Target.disposeBrowserContext', { browserContextId })
      }
    },
    async stop(): Promise<void> {
      devtools.close()
      await part.stop()
    },
  }
}

export type Chromium = Awaited<ReturnType<typeof startChromium>>
