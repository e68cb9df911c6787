import { type Browser, chromium } from 'playwright-core'
import { findProgram } from '../../dev/setup/programs.mjs'

/** The machine's own Chromium, without a window. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findProgram('chromium', process.env)
  if (executablePath === undefined) {
    throw new Error('Chromium is missing: install it, or set CHROMIUM_PATH to where it is')
  }
  return chromium.launch({
    executablePath,
    args: ['--disable-gpu', ...more],
    // People have scrollbars, and the place that is kept for one stays white without it.
    ignoreDefaultArgs: ['--hide-scrollbars'],
  })
}
