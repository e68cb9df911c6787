import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { en } from '../words/en.ts'
import { deviceWords } from './device-words.ts'

const inEnglish = (userAgent: string | undefined) => deviceWords(userAgent, en.account)

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const iosKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const mobile = 'Mobile/15E148 Safari/604.1'
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
const android = 'Mozilla/5.0 (Linux; Android 10; K)'
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X)'
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'

it.each([
  [`${windows} ${webKit} Chrome/146.0.0.0 Safari/537.36`, 'Chrome on Windows'],
  [`${windows} ${webKit} Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0`, 'Edge on Windows'],
  [`${windows} ${webKit} Chrome/146.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera on Windows'],
  ['Mozilla/5.0 (Windows NT 10.0; rv:151.0) Gecko/20100101 Firefox/151.0', 'Firefox on Windows'],
  [`${mac} ${iosKit} Version/26.1 Safari/605.1.15`, 'Safari on macOS'],
  [`${mac} ${webKit} Chrome/146.0.0.0 Safari/537.36`, 'Chrome on macOS'],
  [`${iPhone} ${iosKit} Version/26.1 ${mobile}`, 'Safari on iPhone'],
  [`${iPhone} ${iosKit} CriOS/146.0.0.0 ${mobile}`, 'Chrome on iPhone'],
  [`${iPhone} ${iosKit} FxiOS/151.0 ${mobile}`, 'Firefox on iPhone'],
  [`${iPhone} ${iosKit} Version/26.1 EdgiOS/146.0 ${mobile}`, 'Edge on iPhone'],
  [`${android} ${webKit} Chrome/146.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  [
    `${android} ${webKit} SamsungBrowser/29.0 Chrome/146.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet on Android',
  ],
  [`${android} ${webKit} Chrome/146.0.0.0 Mobile Safari/537.36 EdgA/146.0`, 'Edge on Android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0', 'Firefox on Linux'],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/146.0.0.0 Safari/537.36`,
    'Chrome on Linux',
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/146.0.0.0 Safari/537.36`,
    'Chrome on ChromeOS',
  ],
  [`${mac} ${iosKit}`, 'A browser on macOS'],
  ['curl/8.14.1', 'Unknown device'],
  ['', 'Unknown device'],
  [undefined, 'Unknown device'],
])('%s is %s', (userAgent, words) => {
  expect(inEnglish(userAgent)).toBe(words)
})

it('says only words of its own, whatever a client calls itself', () => {
  const parts = fc.constantFrom('Edg/', 'Chrome/', 'Version/1 ', 'Safari/', '(iPad)', '<b>', 'X11')
  fc.assert(
    fc.property(fc.array(fc.oneof(parts, fc.string())), (pieces) => {
      expect(inEnglish(pieces.join(' '))).toMatch(
        /^(Unknown device|(A browser|[A-Z][A-Za-z ]+)( on [A-Za-z]+)?)$/,
      )
    }),
  )
})
