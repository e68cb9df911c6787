import { randomUUID } from 'node:crypto'
import type { ListedView } from '../src/listed-view.ts'

/** A view as the stand-in keeps it; there is one person, whose views they all are. */
export interface StandInView {
  id: string
  name: string
  value: unknown
  isDefault: boolean
  isShared: boolean
  version: number
}

export const keptView = (name: string, value: unknown): StandInView => ({
  id: randomUUID(),
  name,
  value,
  isDefault: false,
  isShared: false,
  version: 1,
})

export const listedView = ({
  id,
  name,
  isDefault,
  isShared,
  version,
}: StandInView): ListedView => ({
  id,
  name,
  isDefault,
  isShared,
  version,
  isMine: true,
  sharedBy: null,
  path: '',
})

interface Answer {
  status: number
  body?: unknown
}

/** What the gateway answers where views are kept; nothing for other paths. */
export function answerViews(
  views: StandInView[],
  { method, path, body }: { method: string; path: string; body: string },
): Answer | undefined {
  const [, , kind, , name = ''] = path.split('/').map(decodeURIComponent)
  if (kind === 'preferences' && method === 'PUT') {
    const { value } = JSON.parse(body) as { value: unknown }
    const known = views.find((one) => one.name === name)
    if (known === undefined) views.push(keptView(name, value))
    else Object.assign(known, { value, version: known.version + 1 })
    return { status: 200, body: {} }
  }
  if (kind !== 'views') return undefined
  if (name === '') return { status: 200, body: { views: views.map(listedView) } }
  const view = views.find(({ id }) => id === name)
  if (view === undefined) return { status: 404, body: { error: 'view_not_found' } }
  if (method === 'PATCH') Object.assign(view, JSON.parse(body))
  if (method === 'DELETE') views.splice(views.indexOf(view), 1)
  return method === 'GET' ? { status: 200, body: { value: view.value } } : { status: 204 }
}
