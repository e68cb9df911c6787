import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sendRepresentation } from './send-representation.ts'

const text = 'a'.repeat(5000)
const bytes = gzipSync(text)
const etag = '"of-these-bytes"'
const fields = {
  'content-type': 'text/javascript',
  'cache-control': 'public, max-age=31536000, immutable',
}

const server = createServer((incoming, outgoing) => {
  sendRepresentation(incoming, outgoing, { coding: 'gzip', bytes, etag }, fields)
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  body: Buffer
}

const ask = (headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<Answer>((resolve, reject) => {
    const { port } = server.address() as AddressInfo
    const asked = request(
      { port, host: '127.0.0.1', method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    asked.on('error', reject).end()
  })

describe('a representation', () => {
  it('is sent whole, with what tells caches what it is', async () => {
    const { status, headers, body } = await ask()
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      ...fields,
      etag,
      vary: 'Accept-Encoding',
      'accept-ranges': 'bytes',
      'content-encoding': 'gzip',
      'content-length': String(bytes.length),
    })
    expect(gunzipSync(body).toString()).toBe(text)
  })

  it('has the same head without its body', async () => {
    const [head, whole] = [await ask({}, 'HEAD'), await ask()]
    const { date: _, ...expected } = whole.headers
    expect(head.headers).toMatchObject(expected)
    expect(head.body).toHaveLength(0)
  })

  it.each([etag, `W/${etag}`, `"other", ${etag}`, '*'])(
    'is not sent again to who has it: %s',
    async (tags) => {
      const { status, headers, body } = await ask({ 'if-none-match': tags, range: 'bytes=0-1' })
      expect(status).toBe(304)
      expect(headers).toMatchObject({ etag, vary: 'Accept-Encoding' })
      expect(headers['content-length']).toBeUndefined()
      expect(headers['content-type']).toBeUndefined()
      expect(body).toHaveLength(0)
    },
  )

  it('is sent in parts of the coded bytes, which make the whole', async () => {
    const first = await ask({ range: 'bytes=0-9' })
    const rest = await ask({ range: 'bytes=10-', 'if-range': etag })
    expect([first.status, rest.status]).toEqual([206, 206])
    expect(first.headers['content-range']).toBe(`bytes 0-9/${bytes.length}`)
    expect(gunzipSync(Buffer.concat([first.body, rest.body])).toString()).toBe(text)
  })

  it.each([
    ['bytes of another representation', { range: 'bytes=10-', 'if-range': '"other"' }],
    ['several parts', { range: 'bytes=0-1,3-4' }],
    ['something else than bytes', { range: 'lines=1-2' }],
  ])('is sent whole where the parts asked for are %s', async (_, headers) => {
    const { status, body } = await ask(headers)
    expect(status).toBe(200)
    expect(body).toHaveLength(bytes.length)
  })

  it('has no part beyond its end, and no parts for HEAD', async () => {
    const beyond = await ask({ range: 'bytes=100000-' })
    expect(beyond.status).toBe(416)
    expect(beyond.headers['content-range']).toBe(`bytes */${bytes.length}`)
    expect((await ask({ range: 'bytes=0-1' }, 'HEAD')).status).toBe(200)
  })
})
