import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { join, relative } from 'node:path'

import { inRoot, root } from './paths.mjs'

/**
 * @typedef {object} Step
 * @property {string} name Short: it names the log file as well.
 * @property {string} title
 * @property {() => string} fingerprint Changes when the step has to be done again.
 * @property {() => boolean} isDone Whether what it makes is there.
 * @property {(run: Run) => Promise<void>} work
 *
 * @callback Run
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<void>}
 */

/** A step that failed; its output has been shown. */
export class StepFailed extends Error {}

/**
 * Does the step unless nothing changed since the last time, and says so in one line.
 * @param {Step} step
 */
export async function doStep(step) {
  const stamp = inRoot('.dashgate', 'setup', step.name)
  const fingerprint = step.fingerprint()
  if (step.isDone() && readIfThere(stamp) === fingerprint)
    return report('✓', step.title, 'unchanged')
  const begin = Date.now()
  const seconds = () => `${((Date.now() - begin) / 1000).toFixed(1)} s`
  rmSync(stamp, { force: true })
  const logFile = inRoot('.dashgate', 'logs', `${step.name}.log`)
  mkdirSync(join(logFile, '..'), { recursive: true })
  const log = openSync(logFile, 'w')
  try {
    await step.work((file, args, options) => runLogged(log, file, args, options))
  } catch (error) {
    report('✗', step.title, `failed after ${seconds()}`)
    process.stderr.write(
      `${tailOf(logFile)}\n${String(error)}\nAll of it: ${relative('.', logFile)}\n`,
    )
    throw new StepFailed(step.title)
  } finally {
    closeSync(log)
  }
  mkdirSync(join(stamp, '..'), { recursive: true })
  writeFileSync(stamp, step.fingerprint())
  return report('✓', step.title, seconds())
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Ends what the steps have running.
 * @param {NodeJS.Signals} signal
 */
export function endSteps(signal) {
  for (const child of running) child.kill(signal)
}

/**
 * @param {number} log
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<void>}
 */
function runLogged(log, file, args, { cwd = root, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    })
    running.add(child)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      running.delete(child)
      if (code === 0) return resolve()
      return reject(new Error(`${file} ${args[0] ?? ''} ended with ${signal ?? `code ${code}`}`))
    })
  })
}

/**
 * @param {string} mark
 * @param {string} title
 * @param {string} result
 */
function report(mark, title, result) {
  process.stdout.write(`${mark} ${title.padEnd(20)} ${result}\n`)
}

/** @param {string} file */
function tailOf(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-40).join('\n')
}

/** @param {string} file */
function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/**
 * One hash over all files below the paths, and the texts.
 * @param {{ paths: string[], texts?: string[] }} what
 */
export function fingerprintOf({ paths, texts = [] }) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((top) => filesBelow(inRoot(top))).toSorted()) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0')
  }
  for (const text of texts) hash.update(`${text}\0`)
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .filter((name) => !['node_modules', '__pycache__', 'dist'].includes(name))
    .flatMap((name) => filesBelow(join(path, name)))
}

/** @param {NodeJS.Signals} signal */
export function exitCodeOf(signal) {
  return 128 + (constants.signals[signal] ?? 0)
}
