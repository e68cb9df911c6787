import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

import { StackError } from './stack-error.ts'

export interface Ports {
  public: number
  internal: number
  admin: number
  ops: number
  provider: number
  azurite: number
  postgres: number
  /** One for each Dash app, in their order. */
  dash: readonly number[]
}

type Environment = Readonly<Record<string, string | undefined>>

interface PortSetting {
  readonly variable: string
  readonly fallback: number
}

const settings = {
  public: { variable: 'PUBLIC_PORT', fallback: 8080 },
  internal: { variable: 'INTERNAL_PORT', fallback: 8081 },
  admin: { variable: 'ADMIN_PORT', fallback: 8443 },
  ops: { variable: 'OPS_PORT', fallback: 9464 },
  provider: { variable: 'PROVIDER_PORT', fallback: 8090 },
  azurite: { variable: 'AZURITE_PORT', fallback: 10_000 },
  postgres: { variable: 'POSTGRES_PORT', fallback: 54_329 },
  dash: { variable: 'DASH_PORT', fallback: 8051 },
} as const satisfies Record<keyof Ports, PortSetting>

/** The demo's ports; the Dash apps take DASH_PORT and the ones after it. */
export function portsFromEnvironment(environment: Environment, dashApps: number): Ports {
  const port = (setting: PortSetting) => readPort(environment, setting)
  const firstDash = port(settings.dash)
  return {
    public: port(settings.public),
    internal: port(settings.internal),
    admin: port(settings.admin),
    ops: port(settings.ops),
    provider: port(settings.provider),
    azurite: port(settings.azurite),
    postgres: port(settings.postgres),
    dash: Array.from({ length: dashApps }, (_, index) => firstDash + index),
  }
}

const observeSettings = {
  prometheus: { variable: 'PROMETHEUS_PORT', fallback: 9090 },
  canary: { variable: 'CANARY_PORT', fallback: 9465 },
  canaryApp: { variable: 'CANARY_APP_PORT', fallback: 9466 },
} as const satisfies Record<keyof ObservePorts, PortSetting>

/** Of what watches the demo from outside. */
export interface ObservePorts {
  prometheus: number
  canary: number
  canaryApp: number
}

export function observePortsFromEnvironment(environment: Environment): ObservePorts {
  const { prometheus, canary, canaryApp } = observeSettings
  return {
    prometheus: readPort(environment, prometheus),
    canary: readPort(environment, canary),
    canaryApp: readPort(environment, canaryApp),
  }
}

export const assertObservePortsFree = (ports: ObservePorts): Promise<void> =>
  assertAllFree(observeSettings, ports)

function readPort(environment: Environment, { variable, fallback }: PortSetting): number {
  const text = environment[variable]
  if (!text) return fallback
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_530) return port
  throw new StackError(`${variable} must be a port number, but is "${text}"`)
}

/** Below those that the system gives to outgoing connections, any of which could be in the way. */
const searched = { from: 15_000, to: 32_000 }

/**
 * Ports in a row that nobody uses now: tests run beside a demo and beside each other.
 *
 * @param dashApps how many of them are for Dash apps; they follow each other, as `DASH_PORT` has it
 */
export async function freePorts(dashApps: number): Promise<Ports> {
  const count = 7 + dashApps
  const first = randomInt(searched.from, searched.to - count)
  const wanted = Array.from({ length: count }, (_, index) => first + index)
  const held = await Promise.allSettled(wanted.map((port) => hold(port)))
  const taken = held.filter((one) => one.status === 'fulfilled').map((one) => one.value)
  await Promise.all(taken.map(({ release }) => release()))
  if (taken.length < count) return freePorts(dashApps)
  const [publicPort, internal, admin, ops, provider, azurite, postgres, ...dash] = wanted as [
    ...Tuple7,
    ...number[],
  ]
  return { public: publicPort, internal, admin, ops, provider, azurite, postgres, dash }
}

type Tuple7 = [number, number, number, number, number, number, number]

/** Refuses, in one line that names the variable to change, when one of the ports is taken. */
export const assertPortsFree = (ports: Ports): Promise<void> => assertAllFree(settings, ports)

async function assertAllFree<Name extends string>(
  named: Readonly<Record<Name, PortSetting>>,
  ports: Readonly<Record<Name, number | readonly number[]>>,
): Promise<void> {
  for (const [name, { variable }] of Object.entries<PortSetting>(named)) {
    for (const port of [ports[name as Name]].flat()) {
      if (await isFree(port)) continue
      throw new StackError(
        `Port ${port} is taken: stop what uses it, or choose another with ${variable}=<port>`,
      )
    }
  }
}

async function isFree(port: number): Promise<boolean> {
  // A browser may try ::1 first for "localhost", so somebody else must not be there either.
  for (const host of ['127.0.0.1', '::1']) {
    try {
      const held = await hold(port, host)
      await held.release()
    } catch (error) {
      if (isTaken(error)) return false
    }
  }
  return true
}

/** EACCES: a port below 1024, which an ordinary user may not take. */
const takenCodes = new Set<unknown>(['EADDRINUSE', 'EACCES'])

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && takenCodes.has(error.code)
}

async function hold(
  port: number,
  host = '127.0.0.1',
): Promise<{ port: number; release(): Promise<void> }> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    release: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
