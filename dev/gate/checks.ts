import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { pythonBin, root } from '../paths.ts'
import type { Check, Plan } from './plan.ts'

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
  {
    name: 'metrics reference',
    file: process.execPath,
    args: ['gateway/src/metrics-reference.ts', '--check'],
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

/** Whether each answer that the benchmark times is a right one; how fast they are is no test. */
const benchInShort: Check = {
  name: 'bench in short',
  file: process.execPath,
  args: ['bench/main.ts', '--short'],
  isMeasuring: true,
}

/**
 * What has several processes is run once more when it fails: what is between them, on a machine that
 * others use as well, can go wrong in ways that are not ours. It is never silent: whoever needed it is
 * printed by name. A property does not get away with it, since its sequences are the same again.
 */
const projectsOfSeveralProcesses = new Set([
  'database',
  'scenarios',
  'browser',
  'stack',
  'e2e',
  'hostile',
])

/**
 * Take long, and are not part of the gate by themselves: `npm run test:hostile`, `npm run
 * test:operations`, `npm test -- --long`.
 */
const longProjects = new Set(['hostile', 'operations'])

/**
 * Files of other projects that are kept for the long run: they start, stop and harm processes of their
 * own, or look at every page in every look. The gate is to end within ten minutes.
 */
const longFiles: Readonly<Record<string, readonly string[]>> = {
  'gateway scenarios': [
    'test/admin-tls.scenario.test.ts',
    'test/canary.scenario.test.ts',
    'test/clock.scenario.test.ts',
    'test/database-slow.scenario.test.ts',
    'test/failures.scenario.test.ts',
    'test/key-rotation.scenario.test.ts',
    'test/pgbouncer.scenario.test.ts',
    'test/process-failures.scenario.test.ts',
    'test/processes.scenario.test.ts',
    'test/refresh.scenario.test.ts',
    'test/replica-ends.scenario.test.ts',
  ],
  'web browser': ['test/accessible.browser.test.ts'],
  'e2e e2e': [
    'accessible.e2e.test.ts',
    'app-down.e2e.test.ts',
    'every-trace.e2e.test.ts',
    'first-load.e2e.test.ts',
    'http2.e2e.test.ts',
    'shell-views.e2e.test.ts',
  ],
}

/**
 * What runs beside the first lane, which has whatever else there is: so that all three take about as
 * long. Three lanes for two cores: a test often waits for something.
 */
const ownLanes: readonly ReadonlySet<string>[] = [
  new Set(['gateway scenarios', 'web browser']),
  new Set(['dev unit', 'dev stack', 'e2e e2e']),
]

export async function plan(): Promise<Plan> {
  const projects = await vitestProjects()
  const usual = projects.filter(({ project }) => !longProjects.has(project))
  const shared = usual.filter((one) => !ownLanes.some((lane) => lane.has(nameOf(one))))
  const long = projects.filter(({ project }) => longProjects.has(project))
  return {
    first: staticChecks,
    lanes: [
      [pytest, ...shared.map(usualFiles)],
      ...ownLanes.map((lane) => usual.filter((one) => lane.has(nameOf(one))).map(usualFiles)),
    ],
    long: [
      ...usual.flatMap(keptFiles),
      benchInShort,
      ...long.map((project) => ({ ...vitest(project), isMeasuring: true })),
    ],
  }
}

const nameOf = ({ workspace, project }: Project) => `${workspace} ${project}`
const longFilesOf = (one: Project) => longFiles[nameOf(one)] ?? []

/** What the gate runs of a project by itself, and what it keeps for the long run. */
const usualFiles = (one: Project): Check =>
  vitest(one, { args: longFilesOf(one).map((file) => `--exclude=${file}`) })
const keptFiles = (one: Project): Check[] =>
  longFilesOf(one).length > 0 ? [vitest(one, { suffix: ' long', files: longFilesOf(one) })] : []

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

function vitest(
  { workspace, project }: Project,
  {
    suffix = '',
    args = [],
    files = [],
  }: Partial<Pick<Check, 'args' | 'files'>> & { suffix?: string } = {},
): Check {
  const name = `${workspace} ${project}${suffix}`
  const file = join(reports, `${name.replaceAll(' ', '-')}.json`)
  return {
    name,
    file: 'vitest',
    args: [
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      '--allowOnly=false',
      ...args,
    ],
    files,
    cwd: join(root, workspace),
    report: { file, format: 'vitest' },
    isRunAgain: projectsOfSeveralProcesses.has(project),
  }
}
