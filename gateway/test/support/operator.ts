import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'
import type { StackInfo } from '../../../dev/stack-info.ts'

/** Calls the admin API of any gateway of a stack, with the client certificate of its operator. */
export function operatorOf({ ca, clientCert, clientKey }: StackInfo) {
  const dispatcher = new Agent({
    connect: {
      ca: readFileSync(ca),
      cert: readFileSync(clientCert),
      key: readFileSync(clientKey),
    },
  })
  return {
    async call(
      method: 'POST' | 'PUT' | 'GET',
      url: string,
      body?: unknown,
      headers: Readonly<Record<string, string>> = {},
    ) {
      const response = await request(url, {
        method,
        dispatcher,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      })
      return { status: response.statusCode, json: await response.body.json() }
    },
    close: () => dispatcher.close(),
  }
}
