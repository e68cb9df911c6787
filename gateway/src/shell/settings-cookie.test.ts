import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { GatewayEnv } from '../request-context.ts'
import { saveSettings, settingsOf } from './settings-cookie.ts'

const of = (value: string, language?: string) =>
  settingsOf({ cookie: `a=b; __Host-Http-settings=${value}`, 'accept-language': language })

describe('settings of a browser', () => {
  it('are what it asks for, until somebody chooses', () => {
    const asked = { language: 'de', hasChosenLanguage: false, theme: 'auto' }
    expect(settingsOf({ 'accept-language': 'de-DE,de;q=0.9' })).toEqual(asked)
    expect(settingsOf({})).toEqual({ ...asked, language: 'en' })
  })

  it('are what somebody chose, whatever it asks for', () => {
    expect(of('en.dark', 'de')).toEqual({ language: 'en', hasChosenLanguage: true, theme: 'dark' })
    expect(of('.light', 'de')).toEqual({ language: 'de', hasChosenLanguage: false, theme: 'light' })
  })

  it.each(['', '.', 'fr.dark-ish', '__proto__.constructor', '<script>.">', 'de', '....'])(
    'are none that the shell does not know: %s',
    (value) => {
      const { language, theme } = of(value)
      expect(['en', 'de']).toContain(language)
      expect(theme).toBe('auto')
    },
  )

  it('are kept in a cookie that no script reads, and nothing else gets into it', async () => {
    const app = new Hono<GatewayEnv>().post('/', saveSettings)
    const post = async (body: string) => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': String(body.length),
      }
      const init = { method: 'POST', body, headers }
      const answer = await app.request('/', init, { incoming: { headers } })
      return answer.headers.get('set-cookie')
    }
    const rest = '; Path=/; Max-Age=31536000; Secure; HttpOnly; SameSite=Lax'
    expect(await post('language=de&theme=dark')).toBe(`__Host-Http-settings=de.dark${rest}`)
    expect(await post('language=de%3B+x&theme=a%0Ab')).toBe(`__Host-Http-settings=.auto${rest}`)
  })
})
