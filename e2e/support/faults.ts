import type { BrowserContext } from 'playwright-core'

/**
 * Everything that a person with the developer tools open would see in red, in all tabs and frames:
 * errors of the console (breaches of the content security policy are among them), uncaught
 * exceptions, answers of 400 and above, requests without an answer; and a policy that allows `eval`
 * or inline scripts, which nobody would see.
 */
export function collectFaults(context: BrowserContext): string[] {
  const faults: string[] = []
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    faults.push(`console: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (thrown) => faults.push(`exception: ${thrown.error().stack}`))
  context.on('response', (response) => {
    const policy = response.headers()['content-security-policy'] ?? ''
    if (allowsTooMuch(policy)) faults.push(`policy: ${policy} ${response.url()}`)
    if (response.status() < 400) return
    faults.push(`answer: ${response.status()} ${response.request().method()} ${response.url()}`)
  })
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    // A page that is left drops the requests that it no longer needs.
    if (why !== 'net::ERR_ABORTED') faults.push(`request: ${why} ${request.url()}`)
  })
  return faults
}

function allowsTooMuch(policy: string): boolean {
  return policy
    .split(';')
    .some((directive) => /^\s*(default|script)-src.*'unsafe-|'unsafe-eval'/.test(directive))
}
