import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { pythonBin, root } from '../paths.ts'
import type { Plan } from './gate.ts'

/** A command of the gate; a run of tests also says where it writes its numbers. */
export interface Check {
  name: string
  file: string
  args: readonly string[]
  cwd?: string
  report?: { file: string; format: 'vitest' | 'pytest' }
  /** What it measured is shown also when it passed. */
  isMeasuring?: boolean
}

export const reports = join(root, '.dashgate', 'reports')

const turbo = [
  '--no-daemon',
  '--concurrency=2',
  '--output-logs=errors-only',
  '--no-update-notifier',
]

/** As seen from `dash-apps`, whose rules hold for all. */
const pythonSources = ['.', '../e2e/apps', '--config', 'pyproject.toml']

/** What needs no test run: quick, and first. */
const staticChecks: readonly Check[] = [
  { name: 'format', file: 'prettier', args: ['--check', '.', '--log-level', 'warn'] },
  { name: 'lint', file: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  // Forced: a package's types come from its neighbours as well, which its own inputs do not show.
  { name: 'types', file: 'turbo', args: ['run', 'typecheck', '--force', ...turbo] },
  {
    name: 'configuration reference',
    file: process.execPath,
    args: ['gateway/src/config-reference.ts', '--check'],
  },
  { name: 'threat table', file: process.execPath, args: ['dev/threat-table.ts', '--check'] },
  python('ruff', ['check', ...pythonSources]),
  python('ruff', ['format', '--check', ...pythonSources]),
]

function python(tool: string, args: readonly string[]): Check {
  return {
    name: `python ${args[0]}`,
    file: join(pythonBin, tool),
    args,
    cwd: join(root, 'dash-apps'),
  }
}

const pytest: Check = {
  name: 'python tests',
  file: join(pythonBin, 'pytest'),
  args: [`--junitxml=${join(reports, 'pytest.xml')}`],
  cwd: join(root, 'dash-apps'),
  report: { file: join(reports, 'pytest.xml'), format: 'pytest' },
}

/** Tests without the whole stack, or only with it for a moment: about half of the time of all. */
const lightProjects = new Set(['unit', 'database', 'stack', 'browser'])

/**
 * A test of several processes is run once more when it fails: what is between them, on a machine that
 * others use as well, can go wrong in ways that are not ours. It is never silent: whoever needed it is
 * printed by name. A property does not get away with it, since its sequences are the same again.
 */
const projectsOfSeveralProcesses = new Set(['database', 'scenarios', 'browser', 'stack', 'e2e'])

/** Takes long, and is not part of the gate by itself: `npm run test:hostile`, `npm test -- --long`. */
const longProject = 'hostile'

/** Two lanes for two cores; those with the whole stack follow each other in one. */
export async function plan(): Promise<Plan> {
  const projects = await vitestProjects()
  const usual = projects.filter(({ project }) => project !== longProject)
  const long = projects.filter(({ project }) => project === longProject)
  return {
    first: staticChecks,
    lanes: [
      [pytest, ...usual.filter(isLight).map(vitest)],
      usual.filter((project) => !isLight(project)).map(vitest),
    ],
    long: long.map((project) => ({ ...vitest(project), isMeasuring: true })),
  }
}

function isLight({ project }: Project): boolean {
  return lightProjects.has(project)
}

interface Project {
  workspace: string
  project: string
}

/** Every project of every workspace, so that a new one is in the gate from the start. */
async function vitestProjects(): Promise<Project[]> {
  const found = []
  for (const workspace of ['gateway', 'web', 'e2e', 'dev', 'bench']) {
    const file = join(root, workspace, 'vitest.config.ts')
    if (!existsSync(file)) continue
    const { default: config } = (await import(file)) as { default: VitestConfig }
    for (const { test } of config.test.projects) found.push({ workspace, project: test.name })
  }
  return found
}

interface VitestConfig {
  test: { projects: readonly { test: { name: string } }[] }
}

function vitest({ workspace, project }: Project): Check {
  const file = join(reports, `${workspace}-${project}.json`)
  return {
    name: `${workspace} ${project}`,
    file: 'vitest',
    args: [
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      '--allowOnly=false',
      ...(projectsOfSeveralProcesses.has(project) ? ['--retry=1'] : []),
    ],
    cwd: join(root, workspace),
    report: { file, format: 'vitest' },
  }
}
