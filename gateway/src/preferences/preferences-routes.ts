import { Hono, type Context, type Env, type HonoRequest } from 'hono'
import { GatewayError } from '../edge/gateway-error.ts'
import { readJson } from './json-body.ts'
import {
  invalid,
  namesPerOwner,
  newPreference,
  preferenceName,
  tooLarge,
  valueBytes,
  type Preference,
  type PreferenceWriter,
} from './preference.ts'
import type { Expected, PreferenceStore } from './preference-store.ts'

/** Room for the fields around the value. */
const bodyBytes = valueBytes + 4096
const headers = { 'Cache-Control': 'private, no-store' }

/**
 * `GET /`, and `GET`, `PUT`, `DELETE /:name`: the same on the public and on the internal listener.
 *
 * @param whoAsks the owner, taken from what was verified and from nothing else of the request
 */
export function createPreferenceRoutes<E extends Env>(
  store: PreferenceStore,
  whoAsks: (c: Context<E>) => PreferenceWriter,
): Hono<E> {
  const routes = new Hono<E>()

  routes.get('/', async (c) => {
    return c.json({ preferences: await store.list(whoAsks(c)) }, 200, headers)
  })

  routes.get('/:name', async (c) => {
    const found = await store.find(whoAsks(c), preferenceName(c.req.param('name')))
    if (!found) throw notFound()
    return c.json(found, 200, { ...headers, ETag: tagOf(found) })
  })

  routes.put('/:name', async (c) => {
    const body = await readJson(c.req, bodyBytes, tooLarge)
    const preference = newPreference(c.req.param('name'), body)
    const outcome = await store.put(whoAsks(c), preference, expectedBy(c.req))
    if (outcome.kind === 'stale') throw changed()
    if (outcome.kind === 'full') throw full()
    if (outcome.kind === 'too_fast') throw tooFast()
    if (outcome.kind === 'unstorable') {
      throw invalid('value: holds a character that cannot be stored', 'value', outcome.cause)
    }
    return c.json(outcome.preference, 200, { ...headers, ETag: tagOf(outcome.preference) })
  })

  routes.delete('/:name', async (c) => {
    const name = preferenceName(c.req.param('name'))
    const outcome = await store.remove(whoAsks(c), name, expectedBy(c.req))
    if (outcome === 'stale') throw changed()
    if (outcome === 'too_fast') throw tooFast()
    if (outcome === 'absent') throw notFound()
    return c.body(null, 204)
  })

  return routes
}

const tagOf = ({ version }: Preference) => `"${version}"`

/** `If-Match` is compared strongly: a weak tag never matches (RFC 9110 §13.1.1). */
function expectedBy(request: HonoRequest): Expected {
  const ifMatch = request.header('If-Match')
  // Nothing of that name yet, whatever its version (§13.1.2).
  if (ifMatch === undefined) return request.header('If-None-Match') === '*' ? 'none' : 'any'
  if (ifMatch.trim() === '*') return 'existing'
  const tags = ifMatch.split(',').map((tag) => /^"(\d{1,10})"$/.exec(tag.trim())?.[1])
  return new Set(tags.filter((tag) => tag !== undefined).map(Number))
}

const notFound = () =>
  new GatewayError(404, 'preference_not_found', 'There is no preference of that name.')

const changed = () =>
  new GatewayError(
    412,
    'preference_changed',
    'The preference is not, or no longer, what the request expects. Read it again.',
  )

export const tooFast = () =>
  new GatewayError(429, 'too_many_changes', 'Too many changes at once. Try again in a moment.', {
    headers: { 'Retry-After': '1' },
  })

const full = () =>
  new GatewayError(
    409,
    'too_many_preferences',
    `There are already ${namesPerOwner} names on this dashboard. Delete one first.`,
  )
