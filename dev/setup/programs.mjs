import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Programs of the machine that tests and benchmarks need and no lock file brings.

/**
 * @typedef {'chromium' | 'haproxy' | 'nginx' | 'pgbouncer' | 'prometheus' | 'psql' | 'wrk'} ProgramName
 *
 * @typedef {object} Program
 * @property {string} title
 * @property {string} variable Says where it is when it is in none of the folders.
 * @property {readonly string[]} names
 * @property {readonly string[]} files Where it may be beside the PATH.
 * @property {readonly string[]} debianPackages
 */

/** @type {Readonly<Record<ProgramName, Program>>} */
export const programs = {
  chromium: {
    title: 'Chromium',
    variable: 'CHROMIUM_PATH',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    files: [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debianPackages: ['chromium', 'fonts-liberation'],
  },
  haproxy: {
    title: 'HAProxy',
    variable: 'HAPROXY_PATH',
    names: ['haproxy'],
    files: ['/usr/sbin/haproxy'],
    debianPackages: ['haproxy'],
  },
  nginx: {
    title: 'nginx',
    variable: 'NGINX_PATH',
    names: ['nginx'],
    files: ['/usr/sbin/nginx'],
    debianPackages: ['nginx-light'],
  },
  pgbouncer: {
    title: 'PgBouncer',
    variable: 'PGBOUNCER_PATH',
    names: ['pgbouncer'],
    // Debian keeps it where only root's PATH leads.
    files: ['/usr/sbin/pgbouncer'],
    debianPackages: ['pgbouncer'],
  },
  prometheus: {
    // With promtool beside it, which checks the rules.
    title: 'Prometheus',
    variable: 'PROMETHEUS_PATH',
    names: ['prometheus'],
    files: [],
    debianPackages: ['prometheus'],
  },
  psql: {
    title: 'psql',
    variable: 'PSQL_PATH',
    names: ['psql'],
    // Homebrew does not link it, so as not to be in the way of a whole PostgreSQL.
    files: ['/opt/homebrew/opt/libpq/bin/psql', '/usr/local/opt/libpq/bin/psql'],
    debianPackages: ['postgresql-client'],
  },
  wrk: {
    title: 'wrk',
    variable: 'WRK_PATH',
    names: ['wrk'],
    files: [],
    debianPackages: ['wrk'],
  },
}

/**
 * What a task needs of them.
 * @type {Readonly<Record<'start' | 'test' | 'bench', readonly ProgramName[]>>}
 */
export const programsFor = {
  start: [],
  test: ['chromium', 'haproxy', 'nginx', 'pgbouncer', 'prometheus', 'psql', 'wrk'],
  bench: ['chromium', 'nginx', 'wrk'],
}

export const programNames = /** @type {ProgramName[]} */ (Object.keys(programs))

/**
 * Where the program is on this machine. The one that its variable names is taken or none.
 * @param {ProgramName} name
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {string | undefined}
 */
export function findProgram(name, environment) {
  const { variable, names, files } = programs[name]
  const given = environment[variable]
  if (given) return existsSync(given) ? given : undefined
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean)
  const onPath = names.flatMap((file) => folders.map((folder) => join(folder, file)))
  return [...onPath, ...files].find((file) => existsSync(file))
}
