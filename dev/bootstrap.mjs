import { spawn } from 'node:child_process'

import { inRoot, pinnedNode } from './setup/paths.mjs'
import {
  findPython,
  inspectMachine,
  installCommand,
  missingPrerequisites,
} from './setup/prerequisites.mjs'
import { findProgram, programs, programsFor } from './setup/programs.mjs'
import { doStep, endSteps, exitCodeOf, StepFailed } from './setup/step.mjs'
import {
  debianPackages,
  demoData,
  npmPackages,
  pythonPackages,
  toolPath,
  webFiles,
} from './setup/steps.mjs'

// `npm start`, `npm test` and `npm run bench` begin here, with nothing but the machine's Node:
// everything that they need is set up, then the project's own Node takes over.

/** @typedef {'start' | 'test' | 'bench'} Task */

/** @type {Readonly<Record<Task, string>>} */
const files = {
  start: inRoot('dev', 'start.ts'),
  test: inRoot('dev', 'test.ts'),
  bench: inRoot('bench', 'main.ts'),
}

/** @param {Task} task */
async function main(task) {
  const machine = inspectMachine()
  const missing = missingPrerequisites(machine)
  const python = findPython(machine)
  if (missing.length > 0 || !python) {
    process.stderr.write(missing.map((line) => `✗ ${line}\n`).join(''))
    return 1
  }
  const done = await Promise.allSettled([
    doStep(npmPackages).then(() => doStep(webFiles)),
    doStep(pythonPackages(python)).then(() => doStep(demoData)),
    ensurePrograms(machine, programsFor[task]),
  ])
  for (const result of done) if (result.status === 'rejected') throw result.reason
  return handOver(task)
}

/**
 * What a task needs of the machine itself: installed where that is ours to do, otherwise named.
 * @param {import('./setup/prerequisites.mjs').Machine} machine
 * @param {readonly import('./setup/programs.mjs').ProgramName[]} names
 */
async function ensurePrograms(machine, names) {
  const missingPrograms = () => names.filter((name) => !findProgram(name, process.env))
  const wanted = missingPrograms().filter((name) => !process.env[programs[name].variable])
  const isRootOnDebian = machine.packageManager === 'apt-get' && process.getuid?.() === 0
  if (isRootOnDebian && wanted.length > 0) {
    const title = wanted.map((name) => programs[name].title).join(', ')
    const packages = wanted.flatMap((name) => programs[name].debianPackages)
    await doStep(debianPackages(title, packages))
  }
  const missing = missingPrograms()
  for (const name of missing) {
    const { title, variable } = programs[name]
    const where = process.env[variable] ? ` at ${variable}` : ''
    const install = installCommand(machine.packageManager, name)
    process.stderr.write(`✗ ${title} is missing${where}: ${install}\n`)
  }
  if (missing.length > 0) throw new StepFailed('Programs of the machine')
}

/**
 * @param {Task} task
 * @returns {Promise<number>}
 */
function handOver(task) {
  const paths = programsFor[task].flatMap((name) => {
    const file = findProgram(name, process.env)
    return file ? [[programs[name].variable, file]] : []
  })
  // The channel is never written to: when it closes, the other side knows that we are gone.
  const child = spawn(pinnedNode, [files[task], ...process.argv.slice(3)], {
    env: { ...process.env, PATH: toolPath(), ...Object.fromEntries(paths) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  endWith = (signal) => child.kill(signal)
  stopWithNpm(() => child.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(signal ? exitCodeOf(signal) : (code ?? 1)))
  })
}

/**
 * An npm that is killed leaves its script behind, whose parent is then another.
 * @param {() => void} stop
 */
function stopWithNpm(stop) {
  if (!process.env['npm_lifecycle_event']) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 1_000)
  timer.unref()
}

/** @type {(signal: NodeJS.Signals) => void} */
let endWith = (signal) => {
  endSteps(signal)
  process.exit(exitCodeOf(signal))
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => endWith(signal))
}

const task = process.argv[2]
if (task !== 'start' && task !== 'test' && task !== 'bench') {
  process.stderr.write('Usage: node dev/bootstrap.mjs start|test|bench\n')
  process.exit(2)
}
try {
  process.exitCode = await main(task)
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  process.exitCode = 1
}
