import { httpServer } from '../../test-support/local-server.ts'

/** How an app mixes up two tenants: it keeps for the next what it made for the first. */
export type Leak = 'none' | 'kept layout' | 'kept callback'

/**
 * Speaks as much Dash as a page asks for when it opens: a layout with one component, and one callback that
 * fills it. What it shows is the tenant's name, as the gateway gives it.
 */
export async function startLeakingApp() {
  let leak: Leak = 'none'
  const kept = new Map<string, string>()
  const keep = (key: string, value: string) => {
    if (!kept.has(key)) kept.set(key, value)
    return kept.get(key)
  }
  const served = await httpServer((request, response) => {
    const tenant = String(request.headers['x-tenant-id'])
    const whose = (where: Leak) => (leak === where ? keep(where, tenant) : tenant)
    const json = (body: unknown) => {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify(body))
    }
    request.resume()
    const route = request.url?.split('/').at(-1)
    if (route === '_dash-layout') {
      const child = { type: 'Div', props: { id: 'figures', title: whose('kept layout') } }
      return json({ type: 'Div', props: { id: 'page', children: [child] } })
    }
    if (route === '_dash-dependencies') return json([dependency])
    if (route === '_dash-update-component') {
      return json({ multi: true, response: { figures: { children: whose('kept callback') } } })
    }
    return json({})
  })
  return {
    url: served.url,
    setLeak(next: Leak) {
      leak = next
      kept.clear()
    },
    stop: () => served[Symbol.asyncDispose](),
  }
}

const dependency = {
  output: 'figures.children',
  inputs: [{ id: 'figures', property: 'title' }],
  state: [],
  clientside_function: null,
  prevent_initial_call: false,
}
