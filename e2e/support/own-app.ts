import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../dev/ports.ts'
import { pythonBin, root } from '../../dev/paths.ts'
import { answersOk, waitUntil } from '../../dev/wait.ts'
import { operate, stack } from './stack.ts'

export interface OwnApp {
  stop(): Promise<void>
}

/**
 * Starts a Dash app of the tests' own (`e2e/apps/<slug>`), and puts it on one tenant's list; other
 * tests count the lists, so it has to be stopped.
 *
 * @param folder where the app is, if it is a copy
 */
export async function startOwnApp(
  slug: string,
  title: string,
  tenantId: string,
  folder = join(root, 'e2e', 'apps', slug),
): Promise<OwnApp> {
  const port = (await freePorts(1)).dash[0] ?? 0
  const cache = await mkdtemp(join(tmpdir(), 'dashgate-own-app-'))
  const server = spawn(
    join(pythonBin, 'gunicorn'),
    ['app:server', '--bind', `127.0.0.1:${port}`, '--threads', '4'],
    {
      cwd: folder,
      env: {
        ...process.env,
        DASH_URL_BASE_PATHNAME: `/dashboard/${slug}/`,
        DASHGATE_INTERNAL_URL: stack.internalUrl,
        DASHGATE_ISSUER: stack.publicUrl,
        DASHGATE_CACHE_DIR: cache,
        PYTHONDONTWRITEBYTECODE: '1',
      },
      stdio: 'ignore',
    },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async () => {
    await operate('DELETE', `/admin/tenants/${tenantId}/dashboards/${slug}`)
    server.kill()
    await ended
    await rm(cache, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  const ready = () => answersOk(`${url}/dashboard/${slug}/_favicon.ico`)
  if (!(await waitUntil(ready, { withinMs: 90_000 }))) {
    server.kill()
    throw new Error(`${slug} does not answer`)
  }
  await operate('PUT', `/admin/dashboards/${slug}`, { title, appUrl: url })
  await operate('POST', `/admin/tenants/${tenantId}/dashboards`, { slug })
  return { stop }
}
