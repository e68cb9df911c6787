import { brotliCompressSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { buildAssets } from '../build.ts'
import { PAGES } from '../test/pages.ts'
import { pageOf } from '../test/models.ts'
import { LANGUAGES } from './words/language.ts'

/** What a first visit takes over the wire, coded as the gateway codes it; in bytes. */
const MOST = { scripts: 20_000, style: 15_000, document: 20_000 }

const sizeOf = (text: string) => brotliCompressSync(text).length
const { files, manifest } = await buildAssets()
const sizeOfFile = (name: string) => sizeOf(files.get(name) ?? '')
const assets = { shellScript: '/s.js', shellStyle: '/s.css', frameScript: '/f.js', icon: '/i.svg' }

it.each(LANGUAGES)('sends little script of its own in %s, the frame’s included', (language) => {
  const scripts = sizeOfFile(manifest[`shellScript.${language}`]) + sizeOfFile(manifest.frameScript)
  expect(scripts).toBeLessThanOrEqual(MOST.scripts)
})

it('sends one small stylesheet', () => {
  expect(sizeOfFile(manifest.shellStyle)).toBeLessThanOrEqual(MOST.style)
})

it.each(Object.entries(PAGES))('sends a small document: %s', (path, view) => {
  expect(sizeOf(view(pageOf(assets, 'n', path)))).toBeLessThanOrEqual(MOST.document)
})
