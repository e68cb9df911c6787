import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { findChromium } from './chromium.mjs'
import { temporaryDirectory } from '../temporary-directory.ts'

const folder = temporaryDirectory()
const onPath = join(folder, 'chromium')
writeFileSync(onPath, '')
chmodSync(onPath, 0o755)

it('finds the Chromium on the PATH', () => {
  expect(findChromium({ PATH: `/nowhere:${folder}` })).toBe(onPath)
})

it('prefers the one that CHROMIUM_PATH names', () => {
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: process.execPath })).toBe(process.execPath)
})

it('does not quietly take another one when CHROMIUM_PATH is wrong', () => {
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: join(folder, 'absent') })).toBeUndefined()
})
