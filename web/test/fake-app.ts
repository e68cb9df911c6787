import type { Assets } from '../src/views/page.ts'
import { FAKE_DASH, FAKE_DASH_PAGE } from './fake-dash.ts'

/** What Dash's renderer does to the page, as far as the frame script can see it. */
export const RENDERER = `
  window.appStarted = true
  const entry = document.getElementById('react-entry-point')
  const act = document.currentScript.dataset.act
  const style = document.createElement('style')
  style.textContent = '#figures { color: rgb(1, 2, 3) }'
  document.head.append(style)
  if (act === 'render') setTimeout(() => { entry.innerHTML = '<main id="figures"><h1>Figures</h1><label>Line <input></label></main>' }, 50)
  if (act === 'dash') {
    ${FAKE_DASH}
    setTimeout(() => { entry.innerHTML = '${FAKE_DASH_PAGE}' }, 50)
  }
  if (act === 'fail') setTimeout(() => { entry.innerHTML = '<div class="_dash-error">Error loading layout</div>' }, 50)
`

interface FakeApp {
  person: string
  assets: Assets
  nonce: string
  tenant: string
  slug: string
  act: string
}

/** The index page of an app as it leaves the gateway. */
export function fakeApp({ assets, nonce, tenant, slug, act, person }: FakeApp): string {
  return `<!DOCTYPE html><html lang="en"><head>
    <script nonce="${nonce}" src="${assets.frameScript}" data-tenant="${tenant}" data-slug="${slug}" data-person="${person}"></script>
    <meta charset="utf-8"><title>Dash</title></head>
    <body><div id="react-entry-point"><div class="_dash-loading">Loading...</div></div>
    <script nonce="${nonce}" src="/renderer.js" data-act="${act}"></script></body></html>`
}
