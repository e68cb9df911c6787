import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { findProgram } from '../../dev/setup/programs.mjs'
import { cores } from '../machine.ts'

export interface Load {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  readonly seconds: number
  /** Requests a second; as many as go when left out. */
  readonly rate?: number
  /** GET when left out. */
  readonly post?: string
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds below which so much of the answers came. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/** Sends requests from a process of its own. @throws when one was not answered, or with an error */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const { url, headers, connections, seconds, rate = 0, post } = load
  const wrk = findProgram('wrk', process.env)
  if (wrk === undefined) throw new Error('wrk is missing: install it, or set WRK_PATH')
  const args = Object.entries({
    threads: '1',
    connections: `${connections}`,
    duration: `${seconds}s`,
    timeout: '10s',
    script: join(import.meta.dirname, 'wrk.lua'),
  }).flatMap(([name, value]) => [`--${name}`, value])
  for (const [name, value] of Object.entries(headers)) args.push('--header', `${name}: ${value}`)
  args.push(url, '--', `${rate}`, `${connections}`)
  if (post !== undefined) args.push('POST', post)
  const [file, ...rest] = cores
    ? ['taskset', '--cpu-list', cores.load, wrk, ...args]
    : [wrk, ...args]
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  const line = /^RESULT (.*)$/m.exec(output)?.[1]
  if (line === undefined) throw new Error(`wrk said nothing of its result: ${output}`)
  const { failures, ...result } = JSON.parse(line) as LoadResult & { failures: number }
  if (failures > 0 || result.requests === 0) {
    throw new Error(`${failures} of ${result.requests} requests to ${url} failed:\n${output}`)
  }
  return result
}
