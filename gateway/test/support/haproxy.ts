import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPart } from '../../../dev/part.ts'
import { freePorts } from '../../../dev/ports.ts'
import { startReaper } from '../../../dev/reaper.ts'
import { findProgram } from '../../../dev/setup/programs.mjs'
import type { Replica } from './replicas.ts'

const portOf = (url: string) => new URL(url).port

/** As docs/operations.md has it: whether a gateway takes requests is asked at its ops listener. */
const configuration = (port: number | undefined, replicas: readonly Replica[]) => `
global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 75s
  timeout server 75s
  timeout tunnel 1h
  timeout check 5s
  option redispatch
  retries 3
  retry-on conn-failure
frontend browsers
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
  default-server check inter 1s fall 1 rise 1
${replicas.map(({ url, opsUrl }, index) => `  server gateway${index} 127.0.0.1:${portOf(url)} port ${portOf(opsUrl)}`).join('\n')}
`

/** Debian's HAProxy in front of gateways, as an operator would set it up. */
export async function startHaproxy(replicas: readonly Replica[], logDirectory: string) {
  const file = findProgram('haproxy', process.env)
  if (file === undefined) throw new Error('HAProxy is missing: install it, or set HAPROXY_PATH')
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-haproxy-'))
  const {
    dash: [port],
  } = await freePorts(1)
  await writeFile(join(directory, 'haproxy.cfg'), configuration(port, replicas))
  const reaper = startReaper()
  const url = `http://127.0.0.1:${port}`
  const part = createPart(
    {
      name: 'haproxy',
      // Not as a master with workers: one process, which ends when it is told to.
      command: { file, args: ['-db', '-f', join(directory, 'haproxy.cfg')] },
      isReady: () =>
        fetch(url, { redirect: 'manual' }).then(
          ({ status }) => status < 500,
          () => false,
        ),
    },
    {
      signal: new AbortController().signal,
      logDirectory,
      reaper,
      onCrash: (fault) => {
        throw fault
      },
    },
  )
  await part.start()
  return {
    url,
    async stop(): Promise<void> {
      await part.stop()
      await reaper.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
