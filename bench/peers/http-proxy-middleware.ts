/** http-proxy-middleware and nothing else: `node http-proxy-middleware.ts <port> <upstream>`. */
import { Agent, createServer } from 'node:http'
import { createProxyMiddleware } from 'http-proxy-middleware'

const [port, upstream = ''] = process.argv.slice(2)
const forward = createProxyMiddleware({
  target: upstream,
  // By default it opens a connection for each request.
  agent: new Agent({ keepAlive: true }),
})
createServer((request, response) => void forward(request, response)).listen(
  Number(port),
  '127.0.0.1',
)
