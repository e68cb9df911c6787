import { Hono, type Context } from 'hono'
import { formFields } from '../edge/form.ts'
import type { GatewayError } from '../edge/gateway-error.ts'
import type { GatewayEnv } from '../request-context.ts'
import { readJson } from './json-body.ts'
import { preferenceName, tooLarge, type PreferenceWriter } from './preference.ts'
import { tooFast } from './preferences-routes.ts'
import { isViewId, nameTaken, noSuchView, viewChange } from './view.ts'
import type { ChangeOutcome, ViewStore, ViewWriter } from './view-store.ts'

/** A name and two switches. */
const bodyBytes = 4096
const headers = { 'Cache-Control': 'private, no-store' }

/**
 * `GET /`, and `GET`, `PATCH`, `DELETE /:id` of a dashboard's views. What a view holds is saved as the
 * preference that it is.
 */
export function createViewRoutes(
  store: ViewStore,
  whoAsks: (c: Context<GatewayEnv>) => PreferenceWriter,
): Hono<GatewayEnv> {
  const routes = new Hono<GatewayEnv>()

  routes.get('/', async (c) => c.json({ views: await store.list(whoAsks(c)) }, 200, headers))

  routes.get('/:id', async (c) => {
    const found = await store.find(whoAsks(c), idOf(c.req.param('id')))
    if (!found) throw noSuchView()
    return c.json(found, 200, headers)
  })

  routes.patch('/:id', async (c) => {
    const change = viewChange(await readJson(c.req, bodyBytes, tooLarge))
    refuse(await store.change(whoAsks(c), idOf(c.req.param('id')), change))
    return c.body(null, 204)
  })

  routes.delete('/:id', async (c) => {
    refuse(await store.remove(whoAsks(c), idOf(c.req.param('id'))))
    return c.body(null, 204)
  })

  return routes
}

/** POST /account/views: a form with which one of one's own views is renamed or deleted. */
export const changeOwnViews = (store: ViewStore, whoAsks: (c: Context<GatewayEnv>) => ViewWriter) =>
  async function changeOwnView(c: Context<GatewayEnv>): Promise<Response> {
    const form = await formFields(c)
    const id = idOf(form.get('view') ?? undefined)
    const outcome =
      form.get('do') === 'delete'
        ? await store.remove(whoAsks(c), id)
        : await store.change(whoAsks(c), id, {
            name: preferenceName(form.get('name')?.trim() ?? ''),
          })
    const error = refusalOf(outcome)
    if (error) throw error.offering([{ label: 'Your account', path: '/account' }])
    c.header('Cache-Control', 'no-store')
    return c.redirect('/account?done=views', 303)
  }

function idOf(text: string | undefined): string {
  if (!isViewId(text)) throw noSuchView()
  return text
}

function refusalOf(outcome: ChangeOutcome): GatewayError | undefined {
  if (outcome === 'absent') return noSuchView()
  if (outcome === 'taken') return nameTaken()
  return outcome === 'too_fast' ? tooFast() : undefined
}

function refuse(outcome: ChangeOutcome): void {
  const error = refusalOf(outcome)
  if (error) throw error
}
