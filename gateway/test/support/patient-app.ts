import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands in for a Dash app that takes its time: it answers when it is told to. */
export async function startPatientApp() {
  const waiting: { readonly tenant: string; readonly response: ServerResponse }[] = []
  let isPatient = false
  const server = createServer((request, response) => {
    request.resume()
    response.setHeader('Content-Type', 'application/json')
    if (!isPatient) return void response.end(JSON.stringify(request.headers))
    waiting.push({ tenant: String(request.headers['x-tenant-id']), response })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const answerAll = () => {
    for (const { response } of waiting.splice(0)) response.end('{}')
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** From now on nobody gets an answer. */
    hold: () => void (isPatient = true),
    /** For whom it works at the moment. */
    tenants: () => waiting.map(({ tenant }) => tenant),
    answerAll,
    /** Answers all, and from now on at once. */
    letGo() {
      isPatient = false
      answerAll()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
