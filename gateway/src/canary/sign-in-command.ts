import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SignInFault, type ProviderStep } from './sign-in.ts'

const patienceMs = 120_000

/**
 * For providers whose pages need a real browser, or a second factor: a program of the operator's. It reads
 * one line of JSON (`authorizationUrl`, `login`, `password`) and prints the address to which the provider
 * led back. It never holds the gateway's cookie: the code is good only in the canary's own browser.
 */
export const byCommand =
  (file: string): ProviderStep =>
  async (authorizationUrl, { login, password }) => {
    const child = spawn(file, [], {
      stdio: ['pipe', 'pipe', 'inherit'],
      signal: AbortSignal.timeout(patienceMs),
    })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    child.stdin.on('error', () => {})
    child.stdin.end(`${JSON.stringify({ authorizationUrl, login, password })}\n`)
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new SignInFault(`The sign-in command ended with ${code ?? 'a signal'}`)
    const last = printed.trim().split('\n').at(-1) ?? ''
    if (!URL.canParse(last)) throw new SignInFault('The sign-in command printed no address')
    return last
  }
