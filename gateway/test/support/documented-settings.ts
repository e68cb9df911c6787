import { readFileSync } from 'node:fs'

const document = new URL('../../../docs/providers.md', import.meta.url)

/** The settings that docs/providers.md shows under a heading, as they stand there. */
export function documentedSettings(heading: string): Record<string, string> {
  const section = readFileSync(document, 'utf8')
    .split(/^## /m)
    .find((one) => one.startsWith(heading))
  const block = /^```sh\n([\s\S]*?)^```/m.exec(section ?? '')?.[1]
  if (block === undefined) throw new Error(`docs/providers.md has no settings for ${heading}`)
  const lines = block.trim().split('\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

/**
 * The same settings for a provider on this machine. The issuer gets another host than the document:
 * at Entra they differ as well.
 */
export function onThisMachine(
  settings: Readonly<Record<string, string>>,
  port: number,
): Record<string, string> {
  const { OIDC_ISSUER = '', OIDC_DISCOVERY_URL } = settings
  const moved = (url: string, host: string) => {
    const { pathname, search } = new URL(url)
    return `http://${host}:${port}${pathname === '/' ? '' : pathname}${search}`
  }
  return {
    ...settings,
    INSECURE_HTTP_ISSUER: 'true',
    OIDC_ISSUER: moved(OIDC_ISSUER, OIDC_DISCOVERY_URL === undefined ? 'localhost' : '127.0.0.1'),
    ...(OIDC_DISCOVERY_URL === undefined
      ? {}
      : { OIDC_DISCOVERY_URL: moved(OIDC_DISCOVERY_URL, 'localhost') }),
  }
}
