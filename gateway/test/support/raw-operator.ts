import { readFileSync } from 'node:fs'
import { connect } from 'node:tls'
import { stack } from './stack.ts'

/** Asks the admin API for a path as it is written, with the operator's certificate; 0 is no answer. */
export function rawOperator(): (
  path: string,
  lines?: readonly string[],
  method?: string,
) => Promise<number> {
  const [ca, cert, key] = [stack.ca, stack.clientCert, stack.clientKey].map((file) =>
    readFileSync(file),
  )
  const { hostname, port, host } = new URL(stack.adminUrl)
  return (path, lines = [], method = 'GET') =>
    new Promise((resolve) => {
      const options = {
        host: hostname,
        port: Number(port),
        ...(ca && cert && key && { ca, cert, key }),
      }
      let received = ''
      const socket = connect(options, () => {
        socket.write(
          [
            `${method} ${path} HTTP/1.1`,
            `Host: ${host}`,
            ...lines,
            'Connection: close',
            '',
            '',
          ].join('\r\n'),
        )
      })
      socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
      socket.on('error', () => {})
      socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0)))
    })
}
