import { recordOf } from '../../view.ts'
import type { ListedView } from '../../../listed-view.ts'
import type { Identity } from '../document-identity.ts'

/** A refusal that can be put into words by its code. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

interface Ask {
  method?: string
  body?: string
  headers?: Record<string, string>
}

const json = (method: string, body: unknown, headers: Record<string, string> = {}): Ask => ({
  method,
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
})

/** Asks the gateway about views, for whom this page was made and for nobody else. */
export function createViewClient(slug: string, { tenant = '', person }: Identity) {
  const views = `/api/views/${slug}`
  const madeFor = {
    Accept: 'application/json',
    'X-Dashgate-Tenant': tenant,
    ...(person !== undefined && { 'X-Dashgate-Person': person }),
  }

  async function ask(path: string, init: Ask = {}): Promise<unknown> {
    const headers = { ...madeFor, ...init.headers }
    const response = await fetch(path, { ...init, headers })
    if (response.status === 204) return undefined
    const answer: unknown = await response.json()
    if (!response.ok) throw new Refused(String(recordOf(answer)['error']))
    return answer
  }

  return {
    async list(): Promise<ListedView[]> {
      const { views: listed } = recordOf(await ask(views))
      return Array.isArray(listed) ? (listed as ListedView[]) : []
    },
    content: async (id: string) => recordOf(await ask(`${views}/${id}`))['value'],
    /** @param version of the view that is replaced; nothing may have the name of a new one */
    save: async (name: string, value: Record<string, unknown>, version?: number) =>
      ask(
        `/api/preferences/${slug}/${encodeURIComponent(name)}`,
        json(
          'PUT',
          { value },
          version === undefined ? { 'If-None-Match': '*' } : { 'If-Match': `"${version}"` },
        ),
      ),
    change: async (id: string, change: { isDefault?: boolean; isShared?: boolean }) =>
      ask(`${views}/${id}`, json('PATCH', change)),
    remove: async (id: string) => ask(`${views}/${id}`, { method: 'DELETE' }),
  }
}

export type ViewClient = ReturnType<typeof createViewClient>
