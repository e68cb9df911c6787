/** The least that Node can do for a proxy, node:http and undici and nothing else: `node undici.ts <port> <upstream>`. */
import { createServer } from 'node:http'
import { Pool } from 'undici'

const [port, upstream = ''] = process.argv.slice(2)
const pool = new Pool(upstream, { connections: null, pipelining: 1 })

createServer(function forward(request, response) {
  pool.dispatch(
    { method: 'GET', path: request.url ?? '/', headers: { accept: '*/*' } },
    {
      onRequestStart() {},
      onResponseStart: (_, statusCode, headers) => void response.writeHead(statusCode, headers),
      onResponseData: (_, chunk) => void response.write(chunk),
      onResponseEnd: () => void response.end(),
      onResponseError: (_, error) => void response.destroy(error),
    },
  )
}).listen(Number(port), '127.0.0.1')
