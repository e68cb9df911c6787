import { shell as words } from '../../words/en/shell.ts'
import { type Busy, type Failure, LOAD_STEPS, type LoadStep } from '../messages.ts'

/** After this long a person should hear that something is wrong; the dashboard may still come. */
export const SLOW_AFTER_MS = 30_000

type State = 'loading' | 'ready' | 'failed' | 'slow'

export interface Stage {
  frame(): HTMLIFrameElement | null
  loading(): void
  ready(): void
  failed(failure: Pick<Failure, 'code' | 'requestId' | 'title' | 'text'>): void
  /** How far the dashboard is. */
  progress(step: LoadStep): void
  /** One request of the dashboard failed; the rest is still there. */
  partFailed(failure: Pick<Failure, 'requestId' | 'part' | 'canRetry'>): void
  /** That has been answered now. */
  partOver(): void
  notice(text: string): void
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
  let failedPart = ''

  part('retry')?.addEventListener('click', retry)
  part('notice-dismiss')?.addEventListener('click', () => show('notice', false))

  return {
    frame,
    loading,
    progress,
    ready,
    failed,
    partFailed,
    partOver,
    notice: say,
    busy,
    busyOver,
    conceal,
    reveal,
    remove,
  }

  function frame(): HTMLIFrameElement | null {
    return root.querySelector('iframe')
  }

  function enter(state: State, status: string): void {
    clearTimeout(timer)
    root.dataset['state'] = state
    write('status', status)
  }

  function loading(): void {
    enter('loading', words.loading(title))
    timer = window.setTimeout(slow, SLOW_AFTER_MS)
  }

  function progress(step: LoadStep): void {
    const bar = part('progress')
    if (bar instanceof HTMLProgressElement) bar.value = LOAD_STEPS.indexOf(step) + 1
    root.toggleAttribute('data-busy', step !== 'figures')
    if (root.dataset['state'] === 'loading') write('status', words.steps[step](title))
  }

  function ready(): void {
    if (root.dataset['state'] === 'failed') return
    enter('ready', '')
  }

  function slow(): void {
    explain({
      state: 'slow',
      title: words.slowTitle,
      text: words.slowText(SLOW_AFTER_MS / 1000),
    })
  }

  function failed({ requestId, title: heading, text }: Parameters<Stage['failed']>[0]): void {
    explain({
      state: 'failed',
      title: heading ?? words.failedTitle,
      text: text ?? words.failedText,
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
    write('failure-request', why.requestId ? words.request(why.requestId) : '')
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

  function partFailed({
    requestId,
    part: name,
    canRetry = false,
  }: Parameters<Stage['partFailed']>[0]): void {
    failedPart = words.partFailed(name, requestId)
    say(failedPart)
    show('notice-retry', canRetry)
  }

  function partOver(): void {
    if (part('notice-text')?.textContent === failedPart) show('notice', false)
  }

  function busy({ whose, waiting }: Parameters<Stage['busy']>[0]): void {
    if (waiting) return say(words.tryingAgain)
    say(whose === 'tenant' ? words.givenUp : words.tooMuchByPerson)
  }

  function busyOver(): void {
    if (part('notice-text')?.textContent === words.tryingAgain) show('notice', false)
  }

  function say(text: string): void {
    show('notice-retry', false)
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
