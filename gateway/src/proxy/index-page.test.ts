import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rewriteIndexPage as rewritePage, type IndexPageOptions } from './index-page.ts'

const options: IndexPageOptions = {
  nonce: 'R4nd0m',
  frameScript: '/assets/frame-1.js',
  tenantId: 'acme-corp',
  slug: 'loss',
  personKey: 'p-key',
}

const rewriteIndexPage = async (html: string, more: IndexPageOptions) =>
  (await rewritePage(html, more)).html

const page = (config: unknown, extra = '') => `<!DOCTYPE html>
<html><head><meta charset="UTF-8"><title>Dash</title>${extra}</head>
<body><!--[if IE]><script>alert("Dash v2.7+ does not support Internet Explorer.");</script><![endif]-->
<div id="react-entry-point"></div>
<footer><script id="_dash-config" type="application/json">${JSON.stringify(config).replaceAll('/', '\\u002f')}</script>
<script src="/dashboard/loss/_dash-component-suites/a.js"></script>
<script id="_dash-renderer" type="application/javascript">var renderer = new DashRenderer();</script></footer></body></html>`

const configIn = (html: string): Record<string, unknown> =>
  JSON.parse(/<script id="_dash-config"[^>]*>(.*?)<\/script>/s.exec(html)?.[1] ?? 'null') as Record<
    string,
    unknown
  >

describe('rewriteIndexPage', () => {
  it('takes out the layout that the first visitor left behind', async () => {
    const html = await rewriteIndexPage(
      page({ a: '/x', validation_layout: { props: 'figures of globex' } }),
      options,
    )
    expect(html).not.toContain('globex')
    expect(configIn(html)).toEqual({ a: '/x', suppress_callback_exceptions: true })
  })

  it('puts the frame script first in the head, with tenant, slug and person', async () => {
    const html = await rewriteIndexPage(page({}), options)
    expect(html).toContain(
      '<head><script nonce="R4nd0m" src="/assets/frame-1.js" data-tenant="acme-corp" data-slug="loss" data-person="p-key"></script><meta',
    )
  })

  it('gives every script the nonce, and leaves the one inside of a comment alone', async () => {
    const html = await rewriteIndexPage(page({}, '<script nonce="stale">1</script>'), options)
    expect(html.match(/<script[^>]*nonce="R4nd0m"/g)).toHaveLength(5)
    expect(html).not.toContain('stale')
    expect(html).toContain('<!--[if IE]><script>alert(')
  })

  it('lets socket and worker name tenant and person, so that pages of two share neither', async () => {
    const websocket = {
      url: '/dashboard/loss/_dash-ws-callback',
      worker_url: '/dashboard/loss/w.js?v=1',
      x: 1,
    }
    expect(configIn(await rewriteIndexPage(page({ websocket }), options))['websocket']).toEqual({
      url: '/dashboard/loss/_dash-ws-callback?dashgate_tenant=acme-corp&dashgate_person=p-key',
      worker_url: '/dashboard/loss/w.js?v=1&dashgate_tenant=acme-corp&dashgate_person=p-key',
      x: 1,
    })
  })

  it('puts the frame script before all else on a page without a head', async () => {
    expect(await rewriteIndexPage('<p>x</p>', options)).toMatch(
      /^<script nonce="R4nd0m" src="\/assets\/frame/,
    )
  })

  it('gives others a turn again and again while it works at a long page', async () => {
    let turns = 0
    let isWorking = true
    const count = () => {
      turns += 1
      if (isWorking) setImmediate(count)
    }
    setImmediate(count)
    await rewriteIndexPage(page({}, '<a b="c">'.repeat(100_000)), options)
    isWorking = false
    expect(turns).toBeGreaterThan(50)
  })

  it('makes the same of a page wherever its pieces end', async () => {
    const tail = page({ title: '\u{1F600}', validation_layout: 'figures of globex' })
    const [, rewritten = ''] = (await rewriteIndexPage(tail, options)).split('</title>')
    for (let length = 16_000; length < 16_000 + tail.length; length += 7) {
      const html = await rewriteIndexPage(
        `<p>${'\u{1F600}'.repeat(length / 2)}</p>${tail}`,
        options,
      )
      expect(html.split('</title>')[1]).toBe(rewritten)
    }
  })

  it('refuses a page whose settings it cannot read', async () => {
    const broken =
      '<html><head></head><script id="_dash-config">{"validation_layout":</script></html>'
    await expect(rewriteIndexPage(broken, options)).rejects.toThrow()
  })

  it('keeps every setting as it was, and inside of its element', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom('</script><script>alert(1)', '<!--', '\u2028'),
        async (config, hostile) => {
          const wanted = {
            ...(JSON.parse(JSON.stringify(config)) as object),
            title: hostile,
            suppress_callback_exceptions: true,
          }
          fc.pre(
            !('validation_layout' in wanted) &&
              !('websocket' in wanted) &&
              !('__proto__' in config),
          )
          const escaped = page({ ...config, title: hostile }).replace(
            /(<script id="_dash-config"[^>]*>)(.*?)(<\/script>\n<script src)/s,
            (_, open: string, json: string, close: string) =>
              open + json.replaceAll('<', '\\u003c') + close,
          )
          const html = await rewriteIndexPage(escaped, options)
          expect(configIn(html)).toEqual(wanted)
          expect(html.match(/<script /g)).toHaveLength(4)
        },
      ),
    )
  })
})

describe('what a page names of component suites', () => {
  const suites = '/dashboard/loss/_dash-component-suites/'
  const scripts = [
    `<script src="${suites}dash/dcc/dcc.v4_4_1m17.js"></script>`,
    `<link rel="stylesheet" href="${suites}own/look.v1m17.css">`,
    `<!-- <script src="${suites}dash/commented.js"></script> -->`,
    `<script src="${suites}../../../admin.js"></script>`,
    `<script src="${suites}own/a.js?tenant=acme"></script>`,
    `<script src="${suites}dash/dash-renderer/build/dash-ws-worker.js"></script>`,
    `<script src="/dashboard/other/_dash-component-suites/dash/dcc/dcc.js"></script>`,
    `<script src="https://cdn.example/_dash-component-suites/x.js"></script>`,
    `<link rel="icon" href="/dashboard/loss/_favicon.ico">`,
  ]
  const html = page({ dash_version: '4.4.1', plotly_version: '7.1.0' }, scripts.join(''))
  const shared = {
    urls: new Map([
      ['dash/dcc/dcc.v4_4_1m17.js', '/_shared/b1/_dash-component-suites/dash/dcc/dcc.js'],
    ]),
    plotlyUrl: '/_shared/b1/plotly.js',
    lateUrls: ['/_shared/b1/async-graph.js'],
  }

  it('is told, with the versions that no name says', async () => {
    const { named } = await rewritePage(html, options)
    expect(named).toEqual({
      paths: ['dash/dcc/dcc.v4_4_1m17.js', 'own/look.v1m17.css', 'a.js'],
      versions: '["4.4.1","7.1.0"]',
    })
  })

  it('is asked for where all dashboards have it, as far as that is known', async () => {
    const { html: rewritten } = await rewritePage(html, { ...options, shared })
    expect(rewritten).toContain(`src="${shared.urls.get('dash/dcc/dcc.v4_4_1m17.js')}"`)
    expect(rewritten).not.toContain('dcc.v4_4_1m17')
    expect(rewritten).toContain(`href="${suites}own/look.v1m17.css"`)
    expect(rewritten).toContain('data-plotly="/_shared/b1/plotly.js"')
  })

  it('comes with what the page will ask for next, each for its tenant and person', async () => {
    const { html: rewritten } = await rewritePage(html, { ...options, shared })
    const links = [...rewritten.matchAll(/<link rel="preload"[^>]*>/g)].map(([link]) =>
      link.replaceAll('&amp;', '&'),
    )
    const madeFor = 'dashgate_tenant=acme-corp&dashgate_person=p-key'
    expect(links).toEqual([
      `<link rel="preload" as="fetch" href="/dashboard/loss/_dash-layout?${madeFor}" crossorigin="anonymous">`,
      `<link rel="preload" as="fetch" href="/dashboard/loss/_dash-dependencies?${madeFor}" crossorigin="anonymous">`,
      '<link rel="preload" as="script" href="/_shared/b1/async-graph.js">',
    ])
  })

  it('announces nothing for a page of which nothing is known', async () => {
    const { html: rewritten } = await rewritePage(html, options)
    expect(rewritten).not.toContain('preload')
    expect(rewritten).not.toContain('data-plotly')
  })
})
