import { describe, expect, it } from 'vitest'
import { readForm } from './sign-in-form.ts'

const who = { login: 'canary@x.test', password: 'p&w' }
const url = 'https://id.example.com/realms/x/auth?a=1'

describe('the form of a provider', () => {
  it('is filled in as Keycloak writes it', () => {
    const html = `<form id="kc-form-login" onsubmit="login.disabled = true; return true;"
      action="https://id.example.com/realms/x/login?session_code=s&amp;tab_id=t" method="post">
      <input tabindex="2" id="username" name="username" value="" type="text" autofocus>
      <input id="password" name="password" type="password"/>
      <input type="hidden" id="id-hidden-input" name="credentialId" value="&quot;c&#39;"/>
      <input name="login" type="submit" value="Sign In"/></form>`
    expect(readForm(html, url, who)).toEqual({
      action: 'https://id.example.com/realms/x/login?session_code=s&tab_id=t',
      fields: { username: 'canary@x.test', password: 'p&w', credentialId: `"c'` },
    })
  })

  it('is the one with a field for an account, not a search or a choice of language', () => {
    const html = `<form action="/lang"><input type=hidden name=l value=en></form>
      <form method=post action=/next><input name=identifier type=email></form>`
    expect(readForm(html, url, who)).toEqual({
      action: 'https://id.example.com/next',
      fields: { identifier: 'canary@x.test' },
    })
  })

  it('is missing on a page that a script writes', () => {
    expect(readForm('<div id="root"></div>', url, who)).toBeUndefined()
  })
})
