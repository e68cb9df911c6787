import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  zstdDecompressSync,
} from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codingsBySpeed, createEncoder, encode } from './encoder.ts'

const decode = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync }
const createDecoder = {
  zstd: createZstdDecompress,
  br: createBrotliDecompress,
  gzip: createGunzip,
}

describe.each(codingsBySpeed)('%s', (coding) => {
  it('gives back every byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 2000 })),
        fc.boolean(),
        async (parts, isLive) => {
          const whole = Buffer.concat(parts)
          expect(decode[coding](encode(coding, whole))).toEqual(whole)
          const coded = Readable.from(parts.map((part) => Buffer.from(part))).pipe(
            createEncoder(coding, isLive),
          )
          expect(decode[coding](await buffer(coded))).toEqual(whole)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('makes the JSON of a figure much smaller', () => {
    const json = JSON.stringify(
      Array.from({ length: 2000 }, (_, n) => ({ year: 1988 + n, paid: n })),
    )
    expect(encode(coding, Buffer.from(json)).length * 3).toBeLessThan(json.length)
  })

  it('lets each line of a stream out before the next one is there', async () => {
    const encoder = createEncoder(coding, true)
    const lines = encoder.pipe(createDecoder[coding]())
    for (const line of ['{"first":1}\n', '{"second":2}\n']) {
      encoder.write(line)
      const [seen] = (await once(lines, 'data')) as [Buffer]
      expect(seen.toString()).toBe(line)
    }
    encoder.destroy()
  })
})
