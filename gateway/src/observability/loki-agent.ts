import http from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'

/** However slowly an answer comes, byte by byte if need be. */
const longestMs = 10_000

/** Loki answers with nothing, or with a sentence. */
const mostAnswerBytes = 64 * 1024

/**
 * winston-loki has a time-out for silence alone, and keeps whatever an answer holds: both could go on
 * without end. A connection is for one request, so that it can simply be cut.
 */
function bounded<Connection extends Duplex>(connection: Connection, mostMs: number): Connection {
  const cut = (why: string) => connection.destroy(new Error(`Loki ${why}`))
  const timer = setTimeout(() => cut(`has not answered within ${mostMs} ms`), mostMs)
  let received = 0
  connection.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received > mostAnswerBytes) cut(`answers with more than ${mostAnswerBytes} bytes`)
  })
  connection.once('close', () => clearTimeout(timer))
  return connection
}

/** Agents whose connections end, whatever the other side does. */
export function boundedAgents(mostMs = longestMs) {
  const httpAgent = new http.Agent({ keepAlive: false })
  const httpsAgent = new https.Agent({ keepAlive: false })
  for (const agent of [httpAgent, httpsAgent]) {
    const connect = agent.createConnection.bind(agent)
    agent.createConnection = (options, callback) => {
      const connection = connect(options, callback)
      return connection && bounded(connection, mostMs)
    }
  }
  return { httpAgent, httpsAgent }
}
