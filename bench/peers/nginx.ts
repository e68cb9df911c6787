import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPart, type Part, type PartContext } from '../../dev/part.ts'
import { findProgram } from '../../dev/setup/programs.mjs'
import { answersOk } from '../../dev/wait.ts'
import { answer } from '../answer.ts'

interface NginxOptions {
  readonly name: string
  readonly port: number
  readonly directory: string
}

/** Connections that load opens end with it, not in the middle. */
const keepOpen = 'keepalive_requests 1000000000;'

/** nginx as a plain proxy: one process, connections kept open on both sides, each request logged. */
export function createNginxProxy(
  options: NginxOptions & { upstream: string },
  context: PartContext,
) {
  const http = `
    access_log access.log;
    upstream app { server ${new URL(options.upstream).host}; keepalive 256; ${keepOpen} }
    server {
      listen 127.0.0.1:${options.port};
      location / {
        proxy_pass http://app;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
      }
    }`
  return createNginx(options, http, context)
}

/** nginx as the app that answers everything alike, and costs next to nothing. */
export function createConstantApp(options: NginxOptions, context: PartContext): Part {
  const http = `
    access_log off;
    default_type application/json;
    server {
      listen 127.0.0.1:${options.port};
      location / { return 200 '${answer}'; }
    }`
  return createNginx(options, http, context)
}

function createNginx({ name, port, directory }: NginxOptions, http: string, context: PartContext) {
  const nginx = findProgram('nginx', process.env)
  if (nginx === undefined) throw new Error('nginx is missing: install it, or set NGINX_PATH')
  const prefix = join(directory, name)
  mkdirSync(join(prefix, 'temp'), { recursive: true })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid nginx.pid;
error_log stderr warn;
events { worker_connections 8192; }
http {
    ${temporary.map((kind) => `${kind}_temp_path temp;`).join(' ')}
    ${keepOpen}${http}
}
`,
  )
  return createPart(
    {
      name,
      command: { file: nginx, args: ['-p', prefix, '-c', 'nginx.conf', '-e', 'stderr'] },
      isReady: () => answersOk(`http://127.0.0.1:${port}/`),
    },
    context,
  )
}
