import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { RewritingStream } from 'parse5-html-rewriting-stream'

type StartTag = Parameters<RewritingStream['emitStartTag']>[0]

/** What the index page of an app is made for. */
export interface IndexPageOptions {
  readonly nonce: string
  /** URL of the frame script, which must run before everything else. */
  readonly frameScript: string
  readonly tenantId: string
  readonly slug: string
  /** Of whom the page is made for; browser storage and socket workers are kept apart by it. */
  readonly personKey: string
}

/** Query keys under which a WebSocket handshake repeats for which tenant and person its page is. */
export const tenantQueryKey = 'dashgate_tenant'
export const personQueryKey = 'dashgate_person'

/**
 * A page of 1 MiB (the most that is taken) keeps the process for 200 ms when it is rewritten in one
 * go, and for a few when everybody else has a turn after each piece (measured).
 */
const pieceLength = 16 * 1024

const attribute = (name: string, value: string) => ({ name, value })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function withQuery(url: unknown, parameters: Record<string, string>): unknown {
  if (typeof url !== 'string') return url
  return url + (url.includes('?') ? '&' : '?') + new URLSearchParams(parameters).toString()
}

/**
 * Changes Dash's own settings for the page. `validation_layout` holds the pages as the first visitor
 * saw them, whatever tenant that was, and serves to check ids only. The socket's URLs name tenant
 * and user, since browsers share a SharedWorker among all pages that name the same URL.
 */
function safeConfig(json: string, { tenantId, personKey }: IndexPageOptions): string {
  const config: unknown = JSON.parse(json)
  if (!isRecord(config)) throw new Error('the configuration of the index page is no object')
  const { validation_layout: _, websocket, ...rest } = config
  const safe: Record<string, unknown> = { ...rest, suppress_callback_exceptions: true }
  if (isRecord(websocket)) {
    const madeFor = { [tenantQueryKey]: tenantId, [personQueryKey]: personKey }
    safe['websocket'] = {
      ...websocket,
      url: withQuery(websocket['url'], madeFor),
      worker_url: withQuery(websocket['worker_url'], madeFor),
    }
  }
  // As Dash writes it: nothing that could end the script element or start another.
  return JSON.stringify(safe).replace(
    /[<>/\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * Rewrites an index page with a real tokenizer: an app's page holds conditional comments with
 * scripts in them that are none, which no regular expression can tell.
 *
 * @throws when Dash's settings cannot be read: passing them on could show another tenant's layout
 */
export async function rewriteIndexPage(html: string, options: IndexPageOptions): Promise<string> {
  const rewriter = new RewritingStream()
  let config: string | undefined
  let framed = false

  function emitFrameScript(tag: StartTag) {
    framed = true
    const attrs = [
      attribute('nonce', options.nonce),
      attribute('src', options.frameScript),
      attribute('data-tenant', options.tenantId),
      attribute('data-slug', options.slug),
      attribute('data-person', options.personKey),
    ]
    rewriter.emitStartTag({ ...tag, tagName: 'script', selfClosing: false, attrs })
    rewriter.emitRaw('</script>')
  }

  rewriter.on('startTag', (tag) => {
    // A page without a head of its own gets the frame script before whatever comes first.
    if (!framed && tag.tagName !== 'html' && tag.tagName !== 'head') emitFrameScript(tag)
    if (tag.tagName === 'script') {
      tag.attrs = tag.attrs.filter(({ name }) => name !== 'nonce')
      tag.attrs.push(attribute('nonce', options.nonce))
      if (tag.attrs.some(({ name, value }) => name === 'id' && value === '_dash-config'))
        config = ''
    }
    rewriter.emitStartTag(tag)
    if (!framed && tag.tagName === 'head') emitFrameScript(tag)
  })

  rewriter.on('text', (_token, raw) => {
    if (config === undefined) rewriter.emitRaw(raw)
    else config += raw
  })

  rewriter.on('endTag', (tag) => {
    if (tag.tagName === 'script' && config !== undefined) {
      rewriter.emitRaw(safeConfig(config, options))
      config = undefined
    }
    rewriter.emitEndTag(tag)
  })

  let rewritten = ''
  rewriter.on('data', (chunk: Buffer | string) => (rewritten += chunk.toString()))
  for (let at = 0; at < html.length; at += pieceLength) {
    rewriter.write(html.slice(at, at + pieceLength))
    await setImmediate()
  }
  rewriter.end()
  await finished(rewriter)
  return rewritten
}
