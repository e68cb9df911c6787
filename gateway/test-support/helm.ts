import { execFile } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'

import { demoDirectory, pythonBin, root } from '../../dev/paths.ts'

const run = promisify(execFile)
const tools = join(demoDirectory, 'tools')
const helmVersion = 'v4.3.1'

/** What every object of Kubernetes has, and what the tests look at. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: Record<string, string>
    readonly annotations?: Record<string, string>
  }
  // oxlint-disable-next-line typescript/no-explicit-any -- its shape is what the schemas are for
  readonly [field: string]: any
}

/** Helm: `HELM_PATH`, the one that was built before, or one that Go builds from its module. */
async function helm(): Promise<string> {
  const given = process.env['HELM_PATH']
  if (given) return given
  const folder = join(tools, `helm-${helmVersion}`)
  const program = join(folder, 'helm')
  if (existsSync(program)) return program
  mkdirSync(folder, { recursive: true })
  await run(await go(), ['install', `helm.sh/helm/v4/cmd/helm@${helmVersion}`], {
    env: { ...process.env, GOBIN: folder },
  })
  return program
}

/** The machine's, or the one that PyPI has: Debian's is too old to build Helm. */
async function go(): Promise<string> {
  const own = await run('go', ['version']).catch(() => undefined)
  return own ? 'go' : join(await fromPyPi('go'), 'go', 'bin', 'go')
}

/** The folder with what a list of `dev/setup/` names, by hash. */
async function fromPyPi(name: string): Promise<string> {
  const folder = join(tools, name)
  if (existsSync(folder)) return folder
  const draft = `${folder}.new`
  await rm(draft, { recursive: true, force: true })
  const list = join(root, 'dev', 'setup', `${name}.txt`)
  const install = '-m pip install --quiet --no-deps --no-compile --require-hashes'.split(' ')
  const from = ['--only-binary=:all:', `--target=${draft}`, `--requirement=${list}`]
  await run(join(pythonBin, 'python'), [...install, ...from])
  await rename(draft, folder)
  return folder
}

const chart = join(root, 'deploy', 'helm', 'dashgate')

/** What the chart makes of its values, as an installation would send it to the cluster. */
export async function render(...options: readonly string[]): Promise<Manifest[]> {
  const { stdout } = await run(await helm(), ['template', 'acme', chart, ...options], {
    maxBuffer: 16 * 1024 * 1024,
  })
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null)
}

export async function lint(...options: readonly string[]): Promise<string> {
  const { stdout } = await run(await helm(), ['lint', '--strict', chart, ...options])
  return stdout
}

/** The folder with Kubernetes' schemas of that release, which allow no field that they do not name. */
export async function kubernetesSchemas(release: string): Promise<string> {
  const folder = await fromPyPi('kubernetes-schemas')
  return join(folder, 'kubernetes_validate', 'kubernetes-json-schema', `v${release}-local-strict`)
}
