import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AppAnswer } from './app-answer.ts'

/** Every release says its version first, the strict one and the ordinary one alike. */
const versionForm = /^\s*\/\*\*\s*\n\* plotly\.js (?:\([a-z -]+\) )?v(\d+\.\d+\.\d+)\s/

export const plotlyVersion = (head: string): string | undefined => versionForm.exec(head)?.[1]

/** More than the banner, which is what tells the version. */
const headBytes = 200

/**
 * Chromium compiles all of a script with this line while it is being downloaded, beside the page's own
 * thread. Without it, it reads past the functions first, and again as each of two thousand is called
 * while plotly.js starts: 330 ms of the page's thread, 55 ms with it (measured). To others it is a
 * comment.
 */
const compiledAhead = Buffer.from('//# allFunctionsCalledOnLoad\n')

/**
 * The strict build of plotly.js, in the place of an app's own one of the same version. It draws the
 * WebGL traces (scattergl, splom, parcoords) without `eval`, so that no dashboard needs
 * `'unsafe-eval'` (plotly/plotly.js#897). Another version is left as it is: data and script of two
 * versions do not fit.
 */
export function createStrictPlotly() {
  const require = createRequire(import.meta.url)
  const strict = readFileSync(require.resolve('plotly.js-strict-dist-min/plotly-strict.min.js'))
  const version = plotlyVersion(strict.toString('latin1', 0, headBytes))
  const file = Buffer.concat([compiledAhead, strict])

  return {
    /** Whether ours takes the place of an app's answer, by the version that its beginning says. */
    async replaces(answer: AppAnswer): Promise<boolean> {
      if (answer.statusCode !== 200 || answer.headers['content-encoding'] !== undefined)
        return false
      const head = await answer.peek(headBytes)
      return version !== undefined && plotlyVersion(head.toString('latin1')) === version
    },

    /** What browsers get for a plotly.js: ours where it is of the same version. */
    inPlaceOf: (theirs: Buffer): Buffer =>
      version !== undefined && plotlyVersion(theirs.toString('latin1', 0, headBytes)) === version
        ? file
        : theirs,

    file,
  }
}

export type StrictPlotly = ReturnType<typeof createStrictPlotly>
