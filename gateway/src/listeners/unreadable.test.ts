import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answerUnreadable, blamesCookies } from './unreadable.ts'

const bomb = Array.from({ length: 8 }, (_, n) => `bomb${n}=${'x'.repeat(4000)}`).join('; ')
const head = (target: string, ...lines: string[]) =>
  [`GET ${target} HTTP/1.1`, 'Host: dash.example', ...lines, '', ''].join('\r\n')

const fine: RequestListener = (_, response) => response.end('fine')

async function serving(listener = fine): Promise<number> {
  const server = createServer({ maxHeaderSize: 16_384 }, listener)
  answerUnreadable(server, (blames) => ({
    headers: { 'X-Blames': String(blames) },
    body: 'a page',
  }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

function ask(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  return text(socket)
}

describe('X16: a header section that is too large', () => {
  it.each([
    ['many cookies', head('/', `Cookie: ${bomb}`), 'true'],
    ['cookies without end', head('/', `Cookie: ${bomb.repeat(30)}`), 'true'],
    ['a long address', head(`/?${'a'.repeat(40_000)}`, `Cookie: ${'a=b; '.repeat(300)}`), 'false'],
    ['another field', head('/', `X-Big: ${'a b; '.repeat(5000)}`), 'false'],
  ])('of %s is answered with a page, which is read to its end', async (_, bytes, blames) => {
    const answer = await ask(await serving(), bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
    expect(answer).toContain(`X-Blames: ${blames}\r\nContent-Length: 6\r\nConnection: close\r\n`)
    expect(answer.endsWith('\r\n\r\na page')).toBe(true)
  })

  it('is answered in parts, too, and closes the connection of whoever sends without end', async () => {
    const port = await serving()
    const socket = connect(port, '127.0.0.1')
    const more = setInterval(() => socket.write(`x${'y'.repeat(3000)}; z`), 1)
    onTestFinished(() => clearInterval(more))
    socket.on('error', () => {})
    socket.write('GET / HTTP/1.1\r\nHost: dash.example\r\nCookie: a=b; ')
    let received = ''
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
    await new Promise((resolve) => socket.on('close', resolve))
    expect(received).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('spoils no answer that is on its way', async () => {
    const port = await serving((_, response) => void response.writeHead(200).write('begun'))
    const two = head('/') + head('/', `Cookie: ${bomb}`)
    expect(await ask(port, two).catch(() => 'cut off')).not.toContain('431')
  })
})

it('a fault in the body of a request that nobody has answered yet is answered, too', async () => {
  const port = await serving(() => {})
  const body = 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nx\r\n'
  expect(await ask(port, `POST / HTTP/1.1\r\nHost: a\r\n${body}`)).toMatch(/^HTTP\/1\.1 400 /)
})

it.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['two lengths', head('/', 'Content-Length: 1', 'Content-Length: 2'), 400],
])('what cannot be read (%s) is answered as node does', async (_, bytes, status) => {
  const answer = await ask(await serving(), bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toContain('Content-Length: 0\r\n')
})

describe('X16: cookies are blamed', () => {
  it('where they fill what is left of the request', () => {
    for (const cut of [0, 1000, 5000, 16_384]) {
      expect(blamesCookies(Buffer.from(head('/', `Cookie: ${bomb}`).slice(cut))), `${cut}`).toBe(
        true,
      )
    }
  })

  it('for no address that another site has chosen, wherever the bytes were cut', () => {
    const character = fc.constantFrom(...'aZ9-._~!$&()*+,;=:@/?%'.split(''))
    const few = 'session=abc; theme=dark; consent=yes'
    fc.assert(
      fc.property(
        fc.array(character, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 400, max: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pattern, times, where) => {
          const target = `/?${pattern.join('').repeat(Math.ceil((times * 50) / pattern.length))}`
          const bytes = head(target, `Cookie: ${few}`)
          const packet = bytes.slice(Math.floor(where * bytes.length))
          expect(blamesCookies(Buffer.from(packet))).toBe(false)
        },
      ),
    )
  })

  it('in no packet that makes it fail', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(blamesCookies(Buffer.from(bytes))).toBe(false)
      }),
    )
    expect(blamesCookies(undefined)).toBe(false)
  })
})
