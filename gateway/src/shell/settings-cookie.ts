import { isLanguage, preferredLanguage, type Language } from '@dashgate/web/words/language.ts'
import { THEMES, type Theme } from '@dashgate/web/views/page.ts'
import type { Context } from 'hono'
import { formFields } from '../edge/form.ts'
import type { GatewayEnv } from '../request-context.ts'
import { cookieValues, hostCookie } from '../session/cookie-header.ts'

const cookieName = '__Host-Http-settings'
const keptForSeconds = 365 * 24 * 3600

/** How a browser wants the pages; it says so with each request, so that no page flashes or is read twice. */
export interface Settings {
  readonly language: Language
  /** Whether somebody chose the language, or the browser only asks for it. */
  readonly hasChosenLanguage: boolean
  readonly theme: Theme
}

const themeOf = (text: string | undefined): Theme => THEMES.find((one) => one === text) ?? 'auto'

/** The cookie's value is `<language>.<theme>`, the language empty where the browser's wish counts; all else is ignored. */
export function settingsOf(headers: {
  cookie?: string | undefined
  'accept-language'?: string | undefined
}): Settings {
  const [language, theme] = (cookieValues(headers.cookie, cookieName)[0] ?? '').split('.')
  const hasChosenLanguage = isLanguage(language)
  return {
    language: hasChosenLanguage ? language : preferredLanguage(headers['accept-language']),
    hasChosenLanguage,
    theme: themeOf(theme),
  }
}

/** POST /account/settings: what is not known is as if nothing was chosen. */
export async function saveSettings(c: Context<GatewayEnv>): Promise<Response> {
  const form = await formFields(c)
  const language = form.get('language') ?? undefined
  const value = `${isLanguage(language) ? language : ''}.${themeOf(form.get('theme') ?? undefined)}`
  // Lax: pages that are reached from elsewhere speak the same language.
  c.header('Set-Cookie', hostCookie(cookieName, value, 'Lax', keptForSeconds), { append: true })
  c.header('Cache-Control', 'no-store')
  return c.redirect('/account?done=saved', 303)
}
