import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { RewritingStream } from 'parse5-html-rewriting-stream'
import type { NamedAssets } from '../shared-assets/app-builds.ts'
import { isShareable, suitesFolder } from '../shared-assets/suite-path.ts'
import { basePathOf } from './app-request.ts'
import { safeConfig, versionsIn, written } from './dash-config.ts'
import { personQueryKey, tenantQueryKey } from './guard-keys.ts'

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
  /** What of the page is shared by all dashboards, where that is known. */
  readonly shared?: SharedFiles | undefined
}

/** Files that pages of many dashboards have in common. */
export interface SharedFiles {
  /** Their URLs, by the path below `_dash-component-suites/` that the page names. */
  readonly urls: ReadonlyMap<string, string>
  readonly plotlyUrl: string | undefined
  /** URLs of what this page has asked for before without naming it. */
  readonly lateUrls: readonly string[]
}

export interface RewrittenPage {
  readonly html: string
  /** What the page names of component suites. */
  readonly named: NamedAssets
}

/**
 * A page of 1 MiB (the most that is taken) keeps the process for 200 ms when it is rewritten in one
 * go, and for a few when everybody else has a turn after each piece (measured).
 */
const pieceLength = 16 * 1024

const attribute = (name: string, value: string) => ({ name, value })

/** Where an element names a file. */
const referenceIn: Readonly<Record<string, string>> = { script: 'src', link: 'href' }

const preload = (as: string, href: string) => [
  attribute('rel', 'preload'),
  attribute('as', as),
  attribute('href', href),
]

/** What Dash asks for as soon as its renderer runs. */
const firstQuestions = ['_dash-layout', '_dash-dependencies']

/**
 * What the page is going to ask for, so that it need not find out by itself. A preload has no headers:
 * in the query it repeats for whom the page is, as a handshake does, and the frame script asks for the
 * very same URL.
 */
function preloads({ shared, slug, tenantId, personKey }: IndexPageOptions) {
  if (!shared) return []
  const madeFor = { [tenantQueryKey]: tenantId, [personQueryKey]: personKey }
  return [
    ...firstQuestions.map((name) => [
      ...preload('fetch', `${basePathOf(slug)}${name}?${new URLSearchParams(madeFor).toString()}`),
      attribute('crossorigin', 'anonymous'),
    ]),
    ...shared.lateUrls.map((url) => preload('script', url)),
  ]
}

/**
 * Rewrites an index page with a real tokenizer: an app's page holds conditional comments with
 * scripts in them that are none, which no regular expression can tell.
 *
 * @throws when Dash's settings cannot be read: passing them on could show another tenant's layout
 */
export async function rewriteIndexPage(
  html: string,
  options: IndexPageOptions,
): Promise<RewrittenPage> {
  const rewriter = new RewritingStream()
  const suites = basePathOf(options.slug) + suitesFolder
  const paths: string[] = []
  let versions = ''
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
    const plotlyUrl = options.shared?.plotlyUrl
    if (plotlyUrl !== undefined) attrs.push(attribute('data-plotly', plotlyUrl))
    rewriter.emitStartTag({ ...tag, tagName: 'script', selfClosing: false, attrs })
    rewriter.emitRaw('</script>')
    for (const attrs of preloads(options)) {
      rewriter.emitStartTag({ ...tag, tagName: 'link', selfClosing: false, attrs })
    }
  }

  function shareSuite(tag: StartTag): void {
    const reference = tag.attrs.find(({ name }) => name === referenceIn[tag.tagName])
    if (!reference?.value.startsWith(suites)) return
    const path = reference.value.slice(suites.length)
    if (!isShareable(path)) return
    paths.push(path)
    reference.value = options.shared?.urls.get(path) ?? reference.value
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
    shareSuite(tag)
    rewriter.emitStartTag(tag)
    if (!framed && tag.tagName === 'head') emitFrameScript(tag)
  })

  rewriter.on('text', (_token, raw) => {
    if (config === undefined) rewriter.emitRaw(raw)
    else config += raw
  })

  rewriter.on('endTag', (tag) => {
    if (tag.tagName === 'script' && config !== undefined) {
      const safe = safeConfig(config, options)
      versions = versionsIn(safe)
      rewriter.emitRaw(written(safe))
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
  return { html: rewritten, named: { paths, versions } }
}
