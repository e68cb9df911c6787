import { execFileSync } from 'node:child_process'

/**
 * @typedef {object} Machine What was found; kept apart from the finding, so that it can be tested.
 * @property {string} platform
 * @property {string} node Version of the Node that runs this.
 * @property {string | undefined} npm
 * @property {readonly Python[]} pythons In order of preference.
 * @property {PackageManager | undefined} packageManager
 *
 * @typedef {object} Python
 * @property {string} command
 * @property {readonly [number, number]} version
 * @property {boolean} hasVenv
 *
 * @typedef {'apt-get' | 'dnf' | 'brew'} PackageManager
 * @typedef {'node' | 'python' | 'venv' | import('./programs.mjs').ProgramName} Prerequisite
 */

/** @type {Record<PackageManager, Record<Prerequisite, string>>} */
const installCommands = {
  'apt-get': {
    node: 'apt-get install nodejs npm   (if that one is too old: install Node 24 LTS from nodejs.org)',
    python: 'apt-get install python3 python3-venv',
    venv: 'apt-get install python3-venv',
    chromium: 'apt-get install chromium',
    haproxy: 'apt-get install haproxy',
    nginx: 'apt-get install nginx-light',
    pgbouncer: 'apt-get install pgbouncer',
    prometheus: 'apt-get install prometheus',
    psql: 'apt-get install postgresql-client',
    wrk: 'apt-get install wrk',
  },
  dnf: {
    node: 'dnf install nodejs',
    python: 'dnf install python3',
    venv: 'dnf install python3',
    chromium: 'dnf install chromium',
    haproxy: 'dnf install haproxy',
    nginx: 'dnf install nginx',
    pgbouncer: 'dnf install pgbouncer',
    prometheus: 'dnf install prometheus',
    psql: 'dnf install postgresql',
    wrk: 'dnf install wrk',
  },
  brew: {
    node: 'brew install node',
    python: 'brew install python@3.13',
    venv: 'brew install python@3.13',
    chromium: 'brew install --cask chromium',
    haproxy: 'brew install haproxy',
    nginx: 'brew install nginx',
    pgbouncer: 'brew install pgbouncer',
    prometheus: 'brew install prometheus',
    psql: 'brew install libpq',
    wrk: 'brew install wrk',
  },
}

/**
 * The command that installs it on this machine.
 * @param {PackageManager | undefined} packageManager
 * @param {Prerequisite} what
 */
export function installCommand(packageManager, what) {
  return installCommands[packageManager ?? 'apt-get'][what]
}

/**
 * One line for each thing that is missing, with the command that installs it.
 * @param {Machine} machine
 * @returns {string[]}
 */
export function missingPrerequisites(machine) {
  const install = (/** @type {'node' | 'python' | 'venv'} */ what) =>
    installCommand(machine.packageManager, what)
  const missing = []
  if (machine.platform === 'win32') {
    missing.push('Windows itself is not supported: use WSL (wsl --install)')
  }
  if (!isAtLeast(machine.node.split('.').map(Number), [20, 19])) {
    missing.push(`Node 20.19 or newer is needed, this is ${machine.node}: ${install('node')}`)
  }
  if (!machine.npm) missing.push(`npm is missing: ${install('node')}`)
  if (!findPython(machine)) {
    const hasOne = machine.pythons.some(({ version }) => isAtLeast(version, [3, 10]))
    missing.push(
      hasOne
        ? `Python is there, but without venv and ensurepip: ${install('venv')}`
        : `Python 3.10 or newer is missing: ${install('python')}`,
    )
  }
  return missing
}

/**
 * The Python that is good enough, or undefined.
 * @param {Pick<Machine, 'pythons'>} machine
 */
export function findPython({ pythons }) {
  return pythons.find(({ version, hasVenv }) => hasVenv && isAtLeast(version, [3, 10]))
}

/**
 * @param {readonly number[]} version
 * @param {readonly [number, number]} least
 */
function isAtLeast([major = 0, minor = 0], [leastMajor, leastMinor]) {
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** @returns {Machine} */
export function inspectMachine() {
  const candidates = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']
  const own = process.env['PYTHON']
  return {
    platform: process.platform,
    node: process.versions.node,
    npm: output('npm', ['--version']),
    pythons: [...(own ? [own] : []), ...candidates].flatMap((command) => inspectPython(command)),
    packageManager: findPackageManager(),
  }
}

/**
 * @param {string} command
 * @returns {Python[]}
 */
function inspectPython(command) {
  const text = output(command, ['-c', pythonProbe])
  const [major, minor, venv] = text?.split(' ') ?? []
  if (!major) return []
  return [{ command, version: [Number(major), Number(minor)], hasVenv: venv === 'True' }]
}

const pythonProbe = `
import sys, importlib.util as u
print(*sys.version_info[:2], all(u.find_spec(m) for m in ("venv", "ensurepip")))`

/** @returns {PackageManager | undefined} */
function findPackageManager() {
  const known = /** @type {PackageManager[]} */ (Object.keys(installCommands))
  return known.find((command) => output(command, ['--version']) !== undefined)
}

/**
 * @param {string} file
 * @param {string[]} args
 */
function output(file, args) {
  try {
    return execFileSync(file, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}
