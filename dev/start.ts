import { relative } from 'node:path'
import { parseArgs } from 'node:util'

import { banner } from './banner.ts'
import { dashboards } from './demo.ts'
import { createPaints } from './paint.ts'
import { demoDirectory } from './paths.ts'
import { observe, type Observers } from './observe.ts'
import {
  assertObservePortsFree,
  observePortsFromEnvironment,
  portsFromEnvironment,
} from './ports.ts'
import { type Stack, startStack } from './stack.ts'
import { StackError } from './stack-error.ts'

// The process behind `npm start`, after set-up: runs until Ctrl-C, or until a part ends by itself.

const isObserved = parseArgs({ options: { observe: { type: 'boolean' } } }).values.observe === true

// Beside the usual place for tests and for a second demo.
const directory = process.env['DASHGATE_DIRECTORY'] ?? demoDirectory
const paint = createPaints(process.stdout.isTTY, process.env)
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ending.abort())
}
// The bootstrap is gone, and with it whoever could stop us.
process.on('disconnect', () => ending.abort())

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function fail(fault: unknown): void {
  const text = fault instanceof StackError ? fault.message : String((fault as Error).stack)
  process.stderr.write(`${paint.red('✗')} ${text}\n`)
  process.exitCode = 1
}

async function runUntilAsked(): Promise<void> {
  const crashed = Promise.withResolvers<StackError>()
  const asked = Promise.withResolvers<undefined>()
  ending.signal.addEventListener('abort', () => asked.resolve(undefined), { once: true })
  const started = await start(crashed.resolve)
  if (!started) return
  const { stack, observers } = started
  say(banner(stack.info, relative('.', directory) || '.', paint, observers))
  const fault = await Promise.race([crashed.promise, asked.promise])
  if (fault) fail(fault)
  say(paint.dim('Stopping …'))
  await stack.stop()
  say('Stopped.')
}

interface Started {
  stack: Stack
  /** Nothing without `--observe`. */
  observers: Observers | undefined
}

async function start(onCrash: (fault: StackError) => void): Promise<Started | undefined> {
  let stack: Stack | undefined
  try {
    const observePorts = observePortsFromEnvironment(process.env)
    if (isObserved) await assertObservePortsFree(observePorts)
    stack = await startStack({
      directory,
      ports: portsFromEnvironment(process.env, dashboards.length),
      isDurable: true,
      signal: ending.signal,
      log: (line) => say(`${paint.green('✓')} ${line}`),
      onCrash,
    })
    const observers = isObserved
      ? await observe(stack, { directory, ports: observePorts })
      : undefined
    return { stack, observers }
  } catch (error) {
    if (ending.signal.aborted) say('Stopped before it was ready.')
    else fail(error)
    await stack?.stop()
    return undefined
  }
}

await runUntilAsked()
// The channel to the bootstrap would keep us alive.
if (process.connected) process.disconnect()
