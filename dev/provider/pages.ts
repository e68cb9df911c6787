import { createHash } from 'node:crypto'

/** The provider's own pages: sign-in, sign-out and faults. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

export interface SignInForm {
  action: string
  login?: string
  fault?: string
}

export function signInPage(form: SignInForm): string {
  const fault = form.fault
    ? `<p class="fault" id="fault" role="alert">${escapeHtml(form.fault)}</p>`
    : ''
  const describedBy = form.fault ? ' aria-invalid="true" aria-describedby="fault"' : ''
  return page(
    'Sign in',
    `<p>Demo provider of Dashgate: it stands where your organisation's own one would.</p>
    ${fault}
    <form method="post" action="${escapeHtml(form.action)}">
      <label for="login">Account</label>
      <input id="login" name="login" type="email" autocomplete="username" required
        ${form.login ? '' : 'autofocus '}value="${escapeHtml(form.login ?? '')}"${describedBy}>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required
        ${form.login ? 'autofocus' : ''}${describedBy}>
      <button type="submit">Sign in</button>
    </form>`,
  )
}

const submitAtOnce = `document.getElementById('op.logoutForm').submit()`

/** The form comes from the library; it submits itself, since the gateway has asked already. */
export function signOutPage(form: string): string {
  const confirmed = form.replace(
    '</form>',
    '<input type="hidden" name="logout" value="yes"></form>',
  )
  return page(
    'Signing out',
    `<p>One moment: you are being signed out.</p>
    ${confirmed}
    <noscript><button type="submit" form="op.logoutForm">Sign out</button></noscript>
    <script>${submitAtOnce}</script>`,
  )
}

export function messagePage(title: string, message: string): string {
  return page(title, `<p>${escapeHtml(message)}</p>`)
}

const style = `
  :root { color-scheme: light dark; --ink: #1c2530; --soft: #566372; --paper: #f4f6f8;
    --card: #fff; --line: #75828f; --accent: #0b5fa5; --on-accent: #fff; --fault: #b3261e }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #a6b3c0; --paper: #12171d;
    --card: #1b222a; --line: #7e8b98; --accent: #6cb6f5; --on-accent: #08131e; --fault: #ff9a90 } }
  * { box-sizing: border-box }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
    background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
  main { width: min(24rem, 100%); background: var(--card); padding: 2rem; border-radius: 12px;
    box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 8px 24px rgb(0 0 0 / .08) }
  h1 { margin: 0 0 .5rem; font-size: 1.5rem }
  p { margin: 0 0 1rem; color: var(--soft) }
  .fault { color: var(--fault); font-weight: 600 }
  label { display: block; margin-top: 1rem; font-weight: 600 }
  input { width: 100%; margin-top: .25rem; padding: .6rem .75rem; font: inherit; color: inherit;
    background: transparent; border: 1px solid var(--line); border-radius: 8px }
  button { width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600;
    color: var(--on-accent); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
`

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(title)} · Dashgate demo</title>
  <style>${style}</style>
</head>
<body>
  <main>
    <h1>${escapeHtml(title)}</h1>
    ${body}
  </main>
</body>
</html>
`
}

/**
 * The pages' policy. Chromium holds redirects after a form against form-action as well, so the
 * gateway's origin, where both forms lead in the end, has to be in it.
 */
export function contentSecurityPolicy(gatewayOrigin: string): string {
  return [
    `default-src 'none'`,
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(submitAtOnce)}`,
    `form-action 'self' ${gatewayOrigin}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
