import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import { Agent, request } from 'undici'
import { inject } from 'vitest'
import { Visitor } from './visitor.ts'

/** Addresses of the stack that the scenarios share. */
export const stack = inject('stack')

export const publicPort = Number(new URL(stack.publicUrl).port)

export const visitor = () => new Visitor(stack.publicUrl)

export async function signedIn(login: string, returnTo = '/'): Promise<Visitor> {
  const one = visitor()
  await one.signIn(login, returnTo)
  return one
}

export async function staffFor(tenant: string): Promise<Visitor> {
  const staff = await signedIn('actuary@kyros.test')
  await staff.submit('/tenant', { tenant, return_to: '/' })
  return staff
}

/** Postgres as its owner, for looking behind the gateway. */
export const owner = () => postgres(stack.databaseUrl, { max: 1, onnotice: () => {} })

/** The admin API, of one replica if need be, as an operator with the client certificate of the demo. */
export async function operate(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  adminUrl = stack.adminUrl,
) {
  const dispatcher = new Agent({
    connect: {
      ca: readFileSync(stack.ca),
      cert: readFileSync(stack.clientCert),
      key: readFileSync(stack.clientKey),
    },
  })
  const response = await request(adminUrl + path, {
    method,
    dispatcher,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.body.text()
  await dispatcher.close()
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    json: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown>,
  }
}

/** Asks until a condition holds; notifications take a moment. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (value: T) => boolean,
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    const value = await ask()
    if (holds(value) || tries > 200) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
