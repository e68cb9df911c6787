import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { dashboards } from './demo.ts'
import { freePorts } from './ports.ts'
import { isAlive } from './process-group.ts'
import { waitUntil } from './wait.ts'
import { temporaryDirectory } from './temporary-directory.ts'

let child: ChildProcess
let said: string
let parts: { pid: number; command: string }[]

beforeEach(async () => {
  const directory = temporaryDirectory()
  const ports = await freePorts(dashboards.length)
  const [firstDash] = ports.dash
  child = spawn(process.execPath, [join(import.meta.dirname, 'start.ts')], {
    env: {
      ...process.env,
      DASHGATE_DIRECTORY: directory,
      PUBLIC_PORT: `${ports.public}`,
      INTERNAL_PORT: `${ports.internal}`,
      ADMIN_PORT: `${ports.admin}`,
      OPS_PORT: `${ports.ops}`,
      PROVIDER_PORT: `${ports.provider}`,
      AZURITE_PORT: `${ports.azurite}`,
      POSTGRES_PORT: `${ports.postgres}`,
      DASH_PORT: `${firstDash}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  said = ''
  const listen = (text: string) => (said += text)
  child.stdout?.setEncoding('utf8').on('data', listen)
  child.stderr?.setEncoding('utf8').on('data', listen)
  await waitUntil(() => said.includes('Ctrl-C stops everything.'), { withinMs: 80_000 })
  expect(said).toContain('Ctrl-C stops everything.')
  parts = childrenOf(Number(child.pid))
})

afterEach(() => child.kill('SIGTERM'))

function childrenOf(parent: number): { pid: number; command: string }[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
  return table.split('\n').flatMap((line) => {
    const [, pid, ppid, command = ''] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? []
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : []
  })
}

const leftOver = () => parts.filter(({ pid }) => isAlive(pid))

describe('npm start, after set-up', () => {
  it('ends with 0 on Ctrl-C and leaves nothing running', async () => {
    // Postgres, Azurite, the provider, the apps, the gateway, and what watches over them.
    expect(leftOver().length).toBeGreaterThanOrEqual(5 + dashboards.length)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(leftOver()).toEqual([])
    expect(said).toMatch(/Stopped\.\n$/)
  })

  it('ends everything, with 1 and the name of the part, when one part crashes', async () => {
    const postgres = parts.find(({ command }) => command.includes('bin/postgres'))
    process.kill(Number(postgres?.pid), 'SIGKILL')
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(leftOver()).toEqual([])
    expect(said).toContain('✗ postgres ended by itself (signal SIGKILL).')
  })
})
