import { join } from 'node:path'

import { type DemoDashboard } from './demo.ts'
import { createPart, type Part, type PartContext } from './part.ts'
import { pythonBin, root } from './paths.ts'
import { answersOk } from './wait.ts'

export interface DashAppOptions {
  directory: string
  dashboard: DemoDashboard
  port: number
  internalUrl: string
  publicUrl: string
}

/** A Dash app under gunicorn or uvicorn, as an operator would run it. */
export function createDashApp(options: DashAppOptions, context: PartContext): Part {
  const { slug, server } = options.dashboard
  const base = `/dashboard/${slug}/`
  const port = `${options.port}`
  const args =
    server === 'gunicorn'
      ? ['app:server', '--bind', `127.0.0.1:${port}`]
      : ['app:server', '--host', '127.0.0.1', '--port', port]
  return createPart(
    {
      name: slug,
      command: {
        file: join(pythonBin, server),
        args,
        cwd: join(root, 'dash-apps', slug),
        env: {
          DASH_URL_BASE_PATHNAME: base,
          DASHGATE_INTERNAL_URL: options.internalUrl,
          DASHGATE_ISSUER: options.publicUrl,
          DASHGATE_CACHE_DIR: join(options.directory, 'cache', slug),
          PYTHONUNBUFFERED: '1',
        },
      },
      // The one path of an app that asks for no tenant token.
      isReady: () => answersOk(`http://127.0.0.1:${port}${base}_favicon.ico`),
    },
    context,
  )
}
