import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { endGroup, signalGroup, signalProcess } from './process-group.ts'
import type { Reaper } from './reaper.ts'
import { StackError } from './stack-error.ts'
import { waitUntil } from './wait.ts'

/** One process of the stack, with all that it starts itself. */
export interface Part {
  readonly name: string
  /** Resolves when the part answers; rejects with its last log lines when it ends before. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Ends it without warning, as a crash of the machine would; the stack takes it as wanted. */
  kill(): Promise<void>
  /** For tests of failures: SIGSTOP makes a part hang, SIGCONT lets it go on. */
  signal(signal: NodeJS.Signals): void
  readonly pid: number | undefined
}

export interface Command {
  file: string
  args: readonly string[]
  cwd?: string
  env?: Record<string, string>
}

export interface PartOptions {
  name: string
  command: Command
  isReady: () => Promise<boolean>
  stopSignal?: NodeJS.Signals
  readyWithinMs?: number
}

export interface PartContext {
  /** Aborted when the stack ends: nothing is started any more. */
  signal: AbortSignal
  logDirectory: string
  reaper: Reaper
  /** Called when the part ends though nobody asked it to. */
  onCrash: (fault: StackError) => void
}

interface Running {
  child: ChildProcess
  pid: number
  exited: Promise<unknown>
  /** Resolves when nothing that the process started is left either. */
  cleanedUp: Promise<unknown>
  isStopping: boolean
}

export function createPart(options: PartOptions, context: PartContext): Part {
  const stopSignal = options.stopSignal ?? 'SIGTERM'
  const logFile = join(context.logDirectory, `${options.name}.log`)
  let running: Running | undefined

  function launch(): Running {
    context.signal.throwIfAborted()
    const child = spawnLogged(options.command, logFile)
    if (child.pid === undefined) {
      throw new StackError(
        `${options.name} cannot be started: ${missingOf(options.command)} is missing`,
      )
    }
    context.reaper.watch(child.pid, stopSignal)
    const exited = once(child, 'exit')
    return { child, pid: child.pid, exited, cleanedUp: exited, isStopping: false }
  }

  async function start(): Promise<void> {
    if (running) return
    const state = launch()
    running = state
    const ended = new AbortController()
    let isReady = false
    const cleanUp = async () => {
      await state.exited
      ended.abort()
      if (running === state) running = undefined
      // What the part started itself must not outlive it either.
      await endGroup(state.pid, 0)
      context.reaper.forget(state.pid)
      if (isReady && !state.isStopping) context.onCrash(crash(options.name, state.child, logFile))
    }
    state.cleanedUp = cleanUp()
    const withinMs = options.readyWithinMs ?? 60_000
    isReady = await waitUntil(options.isReady, { withinMs, signal: ended.signal })
    if (isReady) return
    if (state.isStopping) throw new StackError(`${options.name} was stopped before it was ready`)
    if (ended.signal.aborted) throw crash(options.name, state.child, logFile)
    await end('SIGKILL')
    throw new StackError(
      `${options.name} did not answer within ${withinMs / 1_000} s.${tailOf(logFile)}`,
    )
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const state = running
    if (!state) return
    state.isStopping = true
    const { pid } = state
    if (signal === 'SIGKILL') signalGroup(pid, signal)
    else signalProcess(pid, signal)
    const isEnded = () => state.child.exitCode !== null || state.child.signalCode !== null
    if (!(await waitUntil(isEnded, { withinMs: 10_000, everyMs: 20 }))) signalGroup(pid, 'SIGKILL')
    await state.cleanedUp
  }

  return {
    name: options.name,
    start,
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
    signal: (signal) => {
      if (running) signalGroup(running.pid, signal)
    },
    get pid() {
      return running?.pid
    },
  }
}

/** In a process group of its own, so that Ctrl-C reaches it only through us, in order. */
function spawnLogged(command: Command, logFile: string): ChildProcess {
  mkdirSync(join(logFile, '..'), { recursive: true })
  const log = openSync(logFile, 'w', 0o600)
  try {
    const child = spawn(command.file, command.args, {
      ...(command.cwd ? { cwd: command.cwd } : {}),
      detached: true,
      env: { ...process.env, ...command.env },
      stdio: ['ignore', log, log],
    })
    // A missing program is told by the missing pid.
    child.on('error', () => {})
    return child
  } finally {
    closeSync(log)
  }
}

/** A missing folder to start in is reported by the system as a missing program. */
function missingOf({ file, cwd }: Command): string {
  return cwd && !existsSync(cwd) ? cwd : file
}

function crash(name: string, child: ChildProcess, logFile: string): StackError {
  const how = child.signalCode ? `signal ${child.signalCode}` : `exit code ${child.exitCode}`
  return new StackError(`${name} ended by itself (${how}).${tailOf(logFile)}`)
}

function tailOf(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-12)
  return `\nLast lines of ${logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
