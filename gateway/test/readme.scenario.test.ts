import { spawn, execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { freePorts } from '../../dev/ports.ts'
import { eventually, operate, signedIn, stack } from './support/stack.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)

/** The code blocks of the README's section, in order: the app, how it runs, what the gateway is told. */
async function steps(): Promise<string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const section = readme.split('## Add a dashboard of your own')[1]?.split('\n## ')[0] ?? ''
  return [...section.matchAll(/```(?:python|sh)\n(.*?)```/gs)].map(([, code]) => code ?? '')
}

/** The same steps for a stack that has other ports and folders than the demo. */
const moved = (code: string, appPort: number) =>
  code
    .replaceAll('http://127.0.0.1:8061', `http://127.0.0.1:${appPort}`)
    .replaceAll('127.0.0.1:8061', `127.0.0.1:${appPort}`)
    .replaceAll('http://127.0.0.1:8081', stack.internalUrl)
    .replaceAll('https://127.0.0.1:8443', stack.adminUrl)
    .replaceAll('.dashgate/certificates', dirname(stack.ca))
    .replaceAll('.venv/bin', join(root, '.venv/bin'))

const undo: (() => Promise<unknown> | void)[] = [
  () => operate('DELETE', '/admin/tenants/acme-corp/dashboards/my-first'),
]
afterAll(async () => {
  for (const step of undo.toReversed()) await step()
})

describe('the three steps of the README', () => {
  it("put a dashboard of one's own on the list of its tenant, and of no other", async () => {
    const [app = '', start = '', tell = ''] = await steps()
    expect(app).toContain('current_tenant()')
    const folder = await mkdtemp(join(tmpdir(), 'dashgate-readme-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const port = (await freePorts(1)).dash[0] ?? 0

    await writeFile(join(folder, 'app.py'), app)
    const server = spawn('bash', ['-c', `exec env ${moved(start, port)}`], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    })
    undo.push(() => void process.kill(-(server.pid ?? 0), 'SIGKILL'))
    await run('bash', ['-c', moved(tell, port)], { cwd: folder })

    const acme = await signedIn('viewer@acme.test')
    const home = await eventually(
      () => acme.visit('/'),
      ({ text }) => text.includes('My first'),
    )
    expect(home.text).toContain('/dashboard/my-first/')
    const layout = await eventually(
      () => acme.script('/dashboard/my-first/_dash-layout'),
      ({ status }) => status === 200,
    )
    expect(layout.text).toMatch(/Acme Corp has \d+ rows of triangles/)
    const globex = await signedIn('viewer@globex.test')
    expect((await globex.script('/dashboard/my-first/_dash-layout')).status).toBe(404)
  })
})
