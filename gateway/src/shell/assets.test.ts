import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayEnv } from '../request-context.ts'
import { loadAssets } from './assets.ts'

const script = 'console.log("shell");'.repeat(100)
const decode = { br: brotliDecompressSync, gzip: gunzipSync, zstd: zstdDecompressSync }

let dist: string
let app: Hono<GatewayEnv>

beforeAll(async () => {
  dist = await mkdtemp(join(tmpdir(), 'dashgate-dist-'))
  const names = {
    'shellScript.en': 's.js',
    'shellScript.de': 't.js',
    shellStyle: 's.css',
    frameScript: 'f.js',
    icon: 'i.svg',
  }
  await mkdir(join(dist, 'assets'))
  await writeFile(join(dist, 'manifest.json'), JSON.stringify(names))
  for (const name of Object.values(names)) await writeFile(join(dist, 'assets', name), script)
  const assets = loadAssets(dist)
  app = new Hono<GatewayEnv>()
  app.get('*', (c) => {
    c.set('target', { path: c.req.path, query: '' })
    return assets.serve(c)
  })
})
afterAll(() => rm(dist, { recursive: true, force: true }))

const ask = async (coding?: string) => {
  const incoming = { headers: coding === undefined ? {} : { 'accept-encoding': coding } }
  const answer = await app.request('/assets/s.js', {}, { incoming })
  return { headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

describe('the shell’s own files', () => {
  it.each(['br', 'zstd', 'gzip'] as const)('are sent in %s to whoever takes it', async (coding) => {
    const { headers, bytes } = await ask(coding)
    expect(headers.get('content-encoding')).toBe(coding)
    expect(headers.get('vary')).toBe('Accept-Encoding')
    expect(bytes.length).toBeLessThan(script.length)
    expect(decode[coding](bytes).toString()).toBe(script)
  })

  it('are sent as they are to all others, and kept by both', async () => {
    const { headers, bytes } = await ask()
    expect(headers.has('content-encoding')).toBe(false)
    expect(bytes.toString()).toBe(script)
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('vary')).toBe('Accept-Encoding')
  })
})
