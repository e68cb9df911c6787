import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { findProgram } from '../../dev/setup/programs.mjs'

function executable(): string {
  const executablePath = findProgram('chromium', process.env)
  if (executablePath === undefined) {
    throw new Error('Chromium is missing: install it, or set CHROMIUM_PATH to where it is')
  }
  return executablePath
}

/** Does something in a Chromium whose user has chosen that no site may keep cookies. */
export async function withoutCookies(use: (page: Page) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'dashgate-no-cookies-'))
  await mkdir(join(profile, 'Default'))
  await writeFile(
    join(profile, 'Default', 'Preferences'),
    // 2 is "block" (ContentSetting in Chromium's content_settings.h).
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  )
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable(),
    args: ['--disable-gpu'],
  })
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
    await rm(profile, { recursive: true, force: true })
  }
}

/** The machine's own Chromium, without a window. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: executable(),
    args: ['--disable-gpu', ...more],
    // People have scrollbars, and the place that is kept for one stays white without it.
    ignoreDefaultArgs: ['--hide-scrollbars'],
  })
}
