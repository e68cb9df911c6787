import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'

const bundlePath = '_dash-component-suites/plotly/package_data/plotly.min.js'

/** Whether a path below a dashboard's own is that of plotly.js, which Dash gives no fingerprint. */
export const isPlotly = (rest: string): boolean => rest === bundlePath

/** Every release says its version first, the strict one and the ordinary one alike. */
const versionForm = /^\s*\/\*\*\s*\n\* plotly\.js (?:\([a-z -]+\) )?v(\d+\.\d+\.\d+)\s/

export const plotlyVersion = (head: string): string | undefined => versionForm.exec(head)?.[1]

/** More than the banner, which is what tells the version. */
const headBytes = 200

/**
 * The strict build of plotly.js, in the place of an app's own one of the same version. It draws the
 * WebGL traces (scattergl, splom, parcoords) without `eval`, so that no dashboard needs
 * `'unsafe-eval'` (plotly/plotly.js#897). Another version is left as it is: data and script of two
 * versions do not fit.
 */
export function createStrictPlotly() {
  const require = createRequire(import.meta.url)
  const file = readFileSync(require.resolve('plotly.js-strict-dist-min/plotly-strict.min.js'))
  const version = plotlyVersion(file.toString('latin1', 0, headBytes))
  const etag = `"plotly-strict-${version}"`

  return {
    /**
     * Looks at the beginning of an app's answer.
     *
     * @returns the answer to pass on, with all that was read of it; `undefined` when ours replaces it
     */
    async unlessReplaced(
      answer: Dispatcher.ResponseData,
    ): Promise<Dispatcher.ResponseData | undefined> {
      if (answer.statusCode !== 200 || answer.headers['content-encoding'] !== undefined) {
        return answer
      }
      const chunks = answer.body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
      const read: Buffer[] = []
      while (Buffer.concat(read).length < headBytes) {
        const next = await chunks.next()
        if (next.done === true) break
        read.push(next.value)
      }
      if (
        version !== undefined &&
        plotlyVersion(Buffer.concat(read).toString('latin1')) === version
      ) {
        // Nobody waits for the rest; the error is that of our own giving up.
        answer.body.on('error', () => {}).destroy()
        return undefined
      }
      const whole = Readable.from(restored(read, chunks))
      return { ...answer, body: whole as unknown as Dispatcher.ResponseData['body'] }
    },

    /** Sends our build, or the word that the browser has it already (RFC 9110 §13.1.2). */
    send(
      outgoing: ServerResponse,
      ifNoneMatch: string | undefined,
      headers: Readonly<Record<string, string | string[]>>,
    ): void {
      const known = (ifNoneMatch ?? '').split(',').some((one) => one.trim() === etag)
      outgoing.writeHead(known ? 304 : 200, {
        ...headers,
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'private, no-cache',
        etag,
        ...(known ? {} : { 'content-length': file.length }),
      })
      outgoing.end(known ? undefined : file)
    },
  }
}

export type StrictPlotly = ReturnType<typeof createStrictPlotly>

async function* restored(read: readonly Buffer[], rest: AsyncIterator<Buffer>) {
  yield* read
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}
