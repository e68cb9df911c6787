import { html, type Markup, toText } from './markup.ts'
import type { Brand, Page, Person } from './page.ts'
import { wordsOf } from '../words/words.ts'
import { brandStyle } from './brand-style.ts'

interface Document {
  page: Page
  title: string
  body: Markup
  /** Class of the body: which stylesheet part applies. */
  layout: string
  brand?: Brand
  person?: Person
  /** Further elements of the head: other tenants' colours, a refresh, a message to the shell. */
  head?: Markup
}

/** The frame of every page: language, title, assets, skip link, and for which tenant the page was made. */
export function documentOf({ page, title, body, layout, brand, person, head }: Document): string {
  const colours = brand === undefined ? undefined : brandStyle(page.nonce, [[':root', brand]])
  return toText(
    html`<!doctype html>
      <html lang="${page.language}" ${themeOf(page)} ${identity(brand, person)}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta
            name="color-scheme"
            content="${page.theme === 'auto' ? 'light dark' : page.theme}"
          />
          <meta name="robots" content="noindex" />
          <title>${title}</title>
          <link rel="icon" type="image/svg+xml" href="${page.assets.icon}" />
          <link rel="stylesheet" href="${page.assets.shellStyle}" />
          ${colours} ${head}
        </head>
        <body class="${layout}">
          <a class="skip-link" href="#main">${wordsOf(page).frame.skip}</a>
          ${body}
        </body>
      </html>`,
  )
}

/** What the person has chosen; the stylesheet asks the device where nothing was. */
function themeOf({ theme }: Page): Markup | undefined {
  return theme === 'auto' ? undefined : html`data-theme="${theme}"`
}

/** Read by the shell's script: a page that was made for another tenant or person than now signed in says so. */
function identity(brand: Brand | undefined, person: Person | undefined): Markup {
  const tenant =
    brand && html`data-tenant="${brand.tenantId}" data-tenant-name="${brand.displayName}"`
  const user =
    person &&
    html`data-user="${person.email}"
    ${person.key === undefined ? undefined : html`data-person="${person.key}"`}`
  const end =
    person?.secondsLeft !== undefined &&
    html`data-seconds-left="${person.secondsLeft}" data-ends-by="${person.endsBy ?? 'idle'}"`
  return html`${tenant} ${user} ${end || undefined}
  ${person?.canSwitch ? html`data-can-switch` : undefined}`
}

/** The script of pages whose parts come alive with it; every link and form works without. */
export function shellScript(page: Page): Markup {
  return html`<script src="${page.assets.shellScript}" defer></script>`
}
