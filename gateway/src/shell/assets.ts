import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Context } from 'hono'
import type { Assets } from '@dashgate/web/views/page.ts'
import { LANGUAGES, type Language } from '@dashgate/web/words/language.ts'
import { z } from 'zod'
import { notFound } from '../edge/error-response.ts'
import { acceptedCodings, type CodingOrIdentity } from '../http/content-coding.ts'
import type { GatewayEnv } from '../request-context.ts'

const manifest = z.record(
  z.enum([
    ...LANGUAGES.map((one) => `shellScript.${one}` as const),
    'shellStyle',
    'frameScript',
    'icon',
  ]),
  z.string(),
)

const contentTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Some kilobytes each: coding them as well as can be takes a tenth of a second, once. */
const inAllCodings = (file: Buffer): Readonly<Record<CodingOrIdentity, Buffer>> => ({
  br: brotliCompressSync(file),
  zstd: zstdCompressSync(file),
  gzip: gzipSync(file, { level: 9 }),
  identity: file,
})

/**
 * The shell's built files, read once at start: what is served is exactly what was built, and no
 * request reaches the file system.
 *
 * @param dist folder with `manifest.json` and `assets/`
 */
export function loadAssets(dist: string) {
  const names = manifest.parse(JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')))
  const files = new Map(
    Object.values(names).map((name) => [
      `/assets/${name}`,
      inAllCodings(readFileSync(join(dist, 'assets', name))),
    ]),
  )
  const urlsFor = (language: Language): Assets => ({
    shellScript: `/assets/${names[`shellScript.${language}`]}`,
    shellStyle: `/assets/${names.shellStyle}`,
    frameScript: `/assets/${names.frameScript}`,
    icon: `/assets/${names.icon}`,
  })
  const urls: Readonly<Record<Language, Assets>> = { en: urlsFor('en'), de: urlsFor('de') }

  return {
    /** The shell's script speaks one language. */
    urls,
    frameScript: urls.en.frameScript,
    /** GET /assets/…: names hold the hash of their content, so a browser never asks again. */
    serve(c: Context<GatewayEnv>): Response {
      const { path } = c.get('target')
      const file = files.get(path)
      if (!file) throw notFound()
      c.header(
        'Content-Type',
        contentTypes[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
      )
      c.header('Cache-Control', 'public, max-age=31536000, immutable')
      c.header('Vary', 'Accept-Encoding')
      const [coding = 'identity'] = acceptedCodings(
        c.env.incoming.headers['accept-encoding']?.toString(),
      )
      if (coding !== 'identity') c.header('Content-Encoding', coding)
      return c.body(new Uint8Array(file[coding]))
    },
  }
}

export type ShellAssets = ReturnType<typeof loadAssets>
