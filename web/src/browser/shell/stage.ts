import type { Busy, Failure } from '../messages.ts'

/** After this long a person should hear that something is wrong; the dashboard may still come. */
export const SLOW_AFTER_MS = 30_000

const TRYING_AGAIN =
  'Your organisation has much under way at the moment. What you asked for is tried again by itself.'
const GIVEN_UP =
  'Your organisation has much under way at the moment, and part of this dashboard was not answered. Try it again shortly.'
const TOO_MUCH_BY_PERSON =
  'You have too much open or under way. Close some tabs, and try again in a moment.'

type State = 'loading' | 'ready' | 'failed' | 'slow'

export interface Stage {
  frame(): HTMLIFrameElement | null
  loading(): void
  ready(): void
  failed(failure: Pick<Failure, 'code' | 'requestId' | 'title' | 'text'>): void
  /** One request of the dashboard failed; the rest is still there. */
  notice(requestId: string | undefined): void
  /** Requests of the dashboard were too many. */
  busy(busy: Pick<Busy, 'whose' | 'waiting'>): void
  /** What waited because of that was answered. */
  busyOver(): void
  /** Out of sight, with all that somebody has typed and chosen. */
  conceal(): void
  reveal(): void
  /** Takes the dashboard out of the page. */
  remove(): void
}

/** The place of the dashboard: shows how far it is, and what can be done when it fails. */
export function createStage(
  root: HTMLElement,
  onNewFrame: (frame: HTMLIFrameElement) => void,
): Stage {
  const title = root.dataset['title'] ?? ''
  const write = (name: string, text: string) => {
    const target = part(name)
    if (target === null) return
    target.textContent = text
    target.hidden = text === ''
  }
  let timer: number | undefined

  part('retry')?.addEventListener('click', retry)
  part('notice-dismiss')?.addEventListener('click', () => show('notice', false))

  return { frame, loading, ready, failed, notice, busy, busyOver, conceal, reveal, remove }

  function frame(): HTMLIFrameElement | null {
    return root.querySelector('iframe')
  }

  function enter(state: State, status: string): void {
    clearTimeout(timer)
    root.dataset['state'] = state
    write('status', status)
  }

  function loading(): void {
    enter('loading', `Loading ${title}…`)
    timer = window.setTimeout(slow, SLOW_AFTER_MS)
  }

  function ready(): void {
    if (root.dataset['state'] === 'failed') return
    enter('ready', '')
  }

  function slow(): void {
    explain({
      state: 'slow',
      title: 'This dashboard is taking long',
      text: `It has not answered for ${SLOW_AFTER_MS / 1000} seconds. It opens by itself if it still does; you can also try again.`,
    })
  }

  function failed({ requestId, title: heading, text }: Parameters<Stage['failed']>[0]): void {
    explain({
      state: 'failed',
      title: heading ?? 'This dashboard did not load',
      text: text ?? 'Something went wrong while it started. Try again in a moment.',
      requestId,
    })
  }

  function explain(why: {
    state: State
    title: string
    text: string
    requestId?: string | undefined
  }): void {
    enter(why.state, why.title)
    write('failure-title', why.title)
    write('failure-text', why.text)
    write('failure-request', why.requestId ? `Request ${why.requestId}` : '')
    part('failure')?.focus()
  }

  /** A new frame, not a new address in the old one: that would add a step to the back button. */
  function retry(): void {
    const old = frame()
    const made = document.createElement('iframe')
    for (const { name, value } of old?.attributes ?? []) made.setAttribute(name, value)
    made.setAttribute('data-fresh', '')
    made.src = location.pathname + location.search
    loading()
    onNewFrame(made)
    if (old === null) root.prepend(made)
    else old.replaceWith(made)
    root.focus()
  }

  function notice(requestId: string | undefined): void {
    const request = requestId === undefined ? '' : ` (request ${requestId})`
    say(`Part of this dashboard did not answer${request}.`)
  }

  function busy({ whose, waiting }: Parameters<Stage['busy']>[0]): void {
    if (waiting) return say(TRYING_AGAIN)
    say(whose === 'tenant' ? GIVEN_UP : TOO_MUCH_BY_PERSON)
  }

  function busyOver(): void {
    if (part('notice-text')?.textContent === TRYING_AGAIN) show('notice', false)
  }

  function say(text: string): void {
    show('notice', true)
    if (part('notice-text')?.textContent !== text) write('notice-text', text)
  }

  function show(name: string, shown: boolean): void {
    const target = part(name)
    if (target !== null) target.hidden = !shown
  }

  function conceal(): void {
    root.toggleAttribute('data-concealed', true)
  }

  function reveal(): void {
    root.toggleAttribute('data-concealed', false)
  }

  function remove(): void {
    clearTimeout(timer)
    frame()?.remove()
  }
}

function part(name: string): HTMLElement | null {
  return document.querySelector(`[data-${name}]`)
}
