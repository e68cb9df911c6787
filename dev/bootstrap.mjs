import { spawn } from 'node:child_process'

import { findChromium } from './setup/chromium.mjs'
import { inRoot, pinnedNode } from './setup/paths.mjs'
import {
  findPython,
  inspectMachine,
  installCommand,
  missingPrerequisites,
} from './setup/prerequisites.mjs'
import { doStep, endSteps, exitCodeOf, StepFailed } from './setup/step.mjs'
import {
  chromiumPackage,
  demoData,
  npmPackages,
  pythonPackages,
  toolPath,
  webFiles,
} from './setup/steps.mjs'

// `npm start` and `npm test` begin here, with nothing but the machine's Node: everything that they
// need is set up, then the project's own Node takes over.

/** @typedef {'start' | 'test'} Task */

/** @param {Task} task */
async function main(task) {
  const machine = inspectMachine()
  const missing = missingPrerequisites(machine)
  const python = findPython(machine)
  if (missing.length > 0 || !python) {
    process.stderr.write(missing.map((line) => `✗ ${line}\n`).join(''))
    return 1
  }
  const chromium = task === 'test' ? ensureChromium(machine) : Promise.resolve(undefined)
  const done = await Promise.allSettled([
    doStep(npmPackages).then(() => doStep(webFiles)),
    doStep(pythonPackages(python)).then(() => doStep(demoData)),
    chromium,
  ])
  for (const result of done) if (result.status === 'rejected') throw result.reason
  return handOver(task, await chromium)
}

/** @param {import('./setup/prerequisites.mjs').Machine} machine */
async function ensureChromium(machine) {
  const found = findChromium(process.env)
  if (found) return found
  const isRootOnDebian = machine.packageManager === 'apt-get' && process.getuid?.() === 0
  if (isRootOnDebian && !process.env['CHROMIUM_PATH']) {
    await doStep(chromiumPackage)
    const installed = findChromium(process.env)
    if (installed) return installed
  }
  const where = process.env['CHROMIUM_PATH'] ? ' at CHROMIUM_PATH' : ''
  const install = installCommand(machine.packageManager, 'chromium')
  process.stderr.write(`✗ Chromium is missing${where}: ${install}\n`)
  throw new StepFailed('Chromium')
}

/**
 * @param {Task} task
 * @param {string | undefined} chromium
 * @returns {Promise<number>}
 */
function handOver(task, chromium) {
  // The channel is never written to: when it closes, the other side knows that we are gone.
  const child = spawn(pinnedNode, [inRoot('dev', `${task}.ts`), ...process.argv.slice(3)], {
    env: { ...process.env, PATH: toolPath(), ...(chromium ? { CHROMIUM_PATH: chromium } : {}) },
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
if (task !== 'start' && task !== 'test') {
  process.stderr.write('Usage: node dev/bootstrap.mjs start|test\n')
  process.exit(2)
}
try {
  process.exitCode = await main(task)
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  process.exitCode = 1
}
