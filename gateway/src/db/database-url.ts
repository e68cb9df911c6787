/** What a Postgres URL says of the way to the server. */
export interface DatabaseWay {
  /** The URL without what only we understand. */
  readonly url: string
  /** `verified`: TLS, and the server proves with a certificate that it has the name of the URL. */
  readonly security: 'verified' | 'plain' | 'unstated'
  readonly host: string
}

const ownMachine = /^(localhost|127(\.\d+){3}|\[::1\]|::1)$/

/** Whether somebody between us and the database could read along, and nobody said that this is meant. */
export const isExposed = ({ security, host }: DatabaseWay): boolean =>
  security === 'unstated' && host !== '' && !ownMachine.test(host)

/**
 * Reads `sslmode`, of which only the two ends are taken: `require` and the modes below it encrypt for
 * whoever answers, and `prefer` and `allow` do without when they are told to (PostgreSQL,
 * "SSL Mode Descriptions"). The driver (3.4.9) would take all of them, and `verify-ca` for `verify-full`.
 *
 * @throws {TypeError} with what is wrong with the URL, without repeating it
 */
export function readDatabaseUrl(text: string): DatabaseWay {
  const url = new URL(text)
  const mode = url.searchParams.get('sslmode')
  const unknown = [...url.searchParams.keys()].find(
    (name) => name.startsWith('ssl') && name !== 'sslmode',
  )
  if (unknown !== undefined) {
    throw new TypeError(
      `has ${unknown}, which is not known here: use sslmode=verify-full, and DATABASE_CA_FILE for an authority of your own`,
    )
  }
  if (mode !== null && mode !== 'disable' && mode !== 'verify-full') {
    throw new TypeError(
      'has an sslmode that trusts any server: use sslmode=verify-full (with DATABASE_CA_FILE for an authority of your own), or sslmode=disable on a network of your own',
    )
  }
  url.searchParams.delete('sslmode')
  const security = mode === 'verify-full' ? 'verified' : mode === 'disable' ? 'plain' : 'unstated'
  return { url: url.href, security, host: url.hostname }
}
