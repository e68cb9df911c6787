import { describe, expect, it } from 'vitest'
import { isExposed, readDatabaseUrl } from './database-url.ts'

const at = (query: string, host = 'db.example') =>
  `postgres://u:p%40ss@${host}:6543/dashgate${query}`

describe('readDatabaseUrl', () => {
  it.each([
    ['?sslmode=verify-full', 'verified'],
    ['?sslmode=disable', 'plain'],
    ['', 'unstated'],
  ])('takes %j as %s, and leaves the rest of the URL alone', (query, security) => {
    expect(readDatabaseUrl(at(query))).toEqual({ url: at(''), security, host: 'db.example' })
    const more = readDatabaseUrl(at(`${query === '' ? '?' : `${query}&`}application_name=x`))
    expect(more.url).toBe(at('?application_name=x'))
  })

  it.each(['require', 'prefer', 'allow', 'no-verify', 'verify-ca', 'VERIFY-FULL', '', 'true'])(
    'refuses sslmode=%s, which would believe any server or is none',
    (mode) => {
      expect(() => readDatabaseUrl(at(`?sslmode=${mode}`))).toThrow(
        /trusts any server.*verify-full/,
      )
    },
  )

  it.each([
    'sslrootcert=system',
    'sslrootcert=/ca.pem',
    'ssl=true',
    'sslcert=/c.pem',
    'sslnegotiation=direct',
  ])(
    'refuses %s, which would be sent to the server as a setting, or weaken what is asked for',
    (parameter) => {
      expect(() => readDatabaseUrl(at(`?sslmode=verify-full&${parameter}`))).toThrow(
        /DATABASE_CA_FILE/,
      )
    },
  )

  it('does not repeat the password in what it refuses', () => {
    for (const query of ['?sslmode=require', '?sslrootcert=x']) {
      expect(() => readDatabaseUrl(at(query))).toThrow(expect.not.stringContaining('p%40ss'))
    }
  })
})

describe('isExposed', () => {
  it.each([
    ['', 'db.example', true],
    ['', '10.0.0.7', true],
    ['', 'localhost.evil.example', true],
    ['', 'localhost', false],
    ['', '127.0.0.1', false],
    ['', '[::1]', false],
    ['?sslmode=disable', 'db.example', false],
    ['?sslmode=verify-full', 'db.example', false],
  ])('with %j at %s is %s', (query, host, exposed) => {
    expect(isExposed(readDatabaseUrl(at(query, host)))).toBe(exposed)
  })
})
