import type { Identity } from './document-identity.ts'
import { RESULTS } from './live-search.ts'

/**
 * What a dashboard looked like when this person saw it last, in this browser alone: figures go to no
 * server for it, and to nobody else. Sign-out has the browser drop it (`Clear-Site-Data`).
 */
const ROOT = 'dashgate-picture/'
const WIDTH = 640
const HEIGHT = 264
/** Characters of one picture, and how many there are at most: apps need the space as well. */
const LONGEST = 120_000
const MOST = 24
/** After the first drawing: an app that is still drawing is not disturbed. */
const SETTLED_MS = 2500

declare global {
  interface Window {
    /** plotly.js, where a dashboard has loaded it. */
    Plotly?: { toImage(graph: Element, options: object): Promise<string> }
  }
}

const nameOf = ({ tenant, user }: Identity): string | undefined =>
  tenant === undefined || user === undefined
    ? undefined
    : `${ROOT}${[tenant, user].map(encodeURIComponent).join('/')}/`

/** Puts the pictures on the cards, and drops those of whoever was signed in before. */
export function showPictures(identity: Identity): void {
  const own = nameOf(identity)
  if (own === undefined) return
  quietly(() => {
    for (const key of keys()) if (!isOf(identity, key)) localStorage.removeItem(key)
  })
  const show = () => quietly(() => place(own))
  show()
  addEventListener(RESULTS, show)
}

function place(own: string): void {
  for (const card of document.querySelectorAll<HTMLElement>('[data-picture]')) {
    const picture = localStorage.getItem(own + encodeURIComponent(card.dataset['picture'] ?? ''))
    if (picture?.startsWith('data:image/webp;base64,') !== true || card.querySelector('img'))
      continue
    const image = new Image()
    image.alt = ''
    const [source = '', ground = ''] = picture.split('#')
    image.src = source
    image.style.backgroundColor = ground
    card.append(image)
  }
}

/** How often it is looked again for a graph that has its figures: they come when callbacks have answered. */
const TRIES = 5

/** Takes a picture of the largest graph once a dashboard stands still. */
export function takePicture(
  identity: Identity,
  slug: string,
  frame: HTMLIFrameElement,
  tries = TRIES,
): void {
  const own = nameOf(identity)
  if (own === undefined || tries === 0) return
  const look = async () => {
    const isTaken = await take(own + encodeURIComponent(slug), frame)
    if (!isTaken) takePicture(identity, slug, frame, tries - 1)
  }
  setTimeout(() => requestIdleCallback(() => void look()), SETTLED_MS)
}

/** What plotly.js keeps on a graph's element; an empty graph is nothing to show. */
const hasFigures = (graph: Element): boolean =>
  'data' in graph && Array.isArray(graph.data) && graph.data.length > 0

/** What a graph stands on: it is drawn for that, and see-through itself. */
function groundOf(graph: Element, inside: Window): string {
  for (let at: Element | null = graph; at !== null; at = at.parentElement) {
    const { backgroundColor } = inside.getComputedStyle(at)
    if (backgroundColor.startsWith('rgb(')) return backgroundColor
  }
  return 'white'
}

const area = (graph: Element) => graph.clientWidth * graph.clientHeight

async function take(key: string, frame: HTMLIFrameElement): Promise<boolean> {
  try {
    const inside = frame.contentWindow
    const graphs = [...(frame.contentDocument?.querySelectorAll('.js-plotly-plot') ?? [])]
    const [largest] = graphs.filter(hasFigures).toSorted((a, b) => area(b) - area(a))
    if (largest === undefined || inside?.Plotly === undefined) return false
    const size = { format: 'webp', width: WIDTH, height: HEIGHT, imageDataOnly: false }
    const picture = await inside.Plotly.toImage(largest, size)
    if (picture.length > LONGEST) return true
    const others = keys().filter((one) => one !== key)
    for (const one of others.slice(0, Math.max(0, others.length - MOST + 1))) {
      localStorage.removeItem(one)
    }
    localStorage.setItem(key, `${picture}#${groundOf(largest, inside)}`)
    return true
  } catch {
    // No room, no graph that can be drawn, or the frame has gone: the drawn card stays.
    return true
  }
}

const keys = () =>
  Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)).filter(
    (key): key is string => key?.startsWith(ROOT) === true,
  )

/** Staff see several tenants: pictures of each stay, those of another person do not. */
const isOf = ({ user = '' }: Identity, key: string): boolean =>
  key.split('/')[2] === encodeURIComponent(user)

/** A browser that keeps nothing for sites throws here. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // Cards are drawn without it.
  }
}
