import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGateway } from '../../../dev/gateway.ts'
import type { Part } from '../../../dev/part.ts'
import { freePorts } from '../../../dev/ports.ts'
import { startReaper } from '../../../dev/reaper.ts'

/**
 * One gateway process beside others on one database. Its addresses are its own; browsers know all of
 * them under the one `PUBLIC_URL`, as behind a load balancer (see `Visitor.via`).
 */
export interface Replica {
  readonly name: string
  /** Where its public listener is; requests to it carry the `Host` of `PUBLIC_URL`. */
  readonly url: string
  readonly internalUrl: string
  readonly adminUrl: string
  readonly opsUrl: string
  /** To stop it, kill it, make it hang, and start it again. */
  readonly part: Part
  /** What it has written so far. */
  log(): Promise<string>
}

export interface ReplicaOptions {
  /** Settings of a gateway that fits into the stack; `PUBLIC_URL` among them is shared by all. */
  readonly environment: Readonly<Record<string, string>>
  /** Folder of the log files. */
  readonly logs: string
  /** Settings of one replica over those of all, by its number from 0. */
  readonly override?: (index: number) => Readonly<Record<string, string>>
  /** Shell commands before each one starts, such as a redirection of its output: `exec >file`. */
  readonly shell?: (index: number) => string | undefined
}

/** Starts gateway processes on free ports and resolves when each of them is ready. */
export async function startGateways(count: number, options: ReplicaOptions) {
  const reaper = startReaper()
  const ending = new AbortController()
  const crashes: Error[] = []
  const context = {
    signal: ending.signal,
    logDirectory: options.logs,
    reaper,
    onCrash: (fault: Error) => void crashes.push(fault),
  }
  const replicas: Replica[] = []

  function launcherOf(index: number) {
    const shell = options.shell?.(index)
    return shell === undefined ? {} : { launcher: ['bash', '-c', `${shell}; exec "$@"`, 'bash'] }
  }

  async function stop(): Promise<void> {
    ending.abort(new Error('The replicas are being stopped'))
    await Promise.all(replicas.map(({ part }) => part.stop()))
    await reaper.close()
  }

  try {
    // In one go, so that no two replicas are given the same.
    const { dash: ports } = await freePorts(count * 4)
    for (let index = 0; index < count; index += 1) {
      const [publicPort, internal, admin, ops] = ports.slice(index * 4)
      const name = `gateway-${publicPort}`
      const opsUrl = `http://127.0.0.1:${ops}`
      const environment = {
        ...options.environment,
        PUBLIC_LISTEN: `127.0.0.1:${publicPort}`,
        INTERNAL_LISTEN: `127.0.0.1:${internal}`,
        ADMIN_LISTEN: `127.0.0.1:${admin}`,
        OPS_LISTEN: `127.0.0.1:${ops}`,
        ...options.override?.(index),
      }
      replicas.push({
        name,
        url: `http://127.0.0.1:${publicPort}`,
        internalUrl: `http://127.0.0.1:${internal}`,
        adminUrl: `https://127.0.0.1:${admin}`,
        opsUrl,
        part: createGateway({ name, opsUrl, environment, ...launcherOf(index) }, context),
        log: () => readFile(join(options.logs, `${name}.log`), 'utf8'),
      })
    }
    await Promise.all(replicas.map(({ part }) => part.start()))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    replicas: replicas as readonly Replica[],
    /** What ended though nobody asked it to. */
    crashes: crashes as readonly Error[],
    stop,
  }
}

export type Gateways = Awaited<ReturnType<typeof startGateways>>
