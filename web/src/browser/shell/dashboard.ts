import { type FrameMessage, type FrameOrder, HELLO, isFrameMessage, RESUME } from '../messages.ts'
import { isWithin, titleFor } from './address.ts'
import type { Identity } from './document-identity.ts'
import type { Overlay } from './overlay.ts'
import { otherPerson, otherTenant } from './overlay-content.ts'
import { takePicture } from './pictures.ts'
import { createStage, type Stage } from './stage.ts'
import { runTools } from './tools.ts'
import { createViewsMenu } from './views/views-menu.ts'

interface Surroundings {
  identity: Identity
  overlay: Overlay
  /** Who is signed in now; names the tenant that a frame's message does not know. */
  checkSession: () => Promise<void>
  /** The frame was told that there is no session any more. */
  sessionEnded: () => void
  /** A person is at work in the frame. */
  active: () => void
  /** The keys of the shell are to be heard in the frame, too. */
  listenIn: (target: Window) => void
}

export interface Dashboard {
  stage: Stage
  /** Lets the frame go on with what it has parked. */
  resume(): void
}

/** The page around a dashboard follows what its frame says. */
export function runDashboard(root: HTMLElement, around: Surroundings): Dashboard {
  const { slug = '', title = '' } = root.dataset
  let leaving = false
  const stage = createStage(root, listenToLoad)
  const order = (what: FrameOrder) => post(what)
  const tools = runTools({ root, order, notice: stage.notice })
  const { identity } = around
  const views = createViewsMenu(root, { slug, identity, order, notice: stage.notice })
  document
    .querySelector('[data-notice-retry]')
    ?.addEventListener('click', () => order({ type: 'dashgate:retry' }))

  addEventListener('message', ({ origin, source, data }) => {
    const frame = stage.frame()
    if (frame === null || origin !== location.origin || source !== frame.contentWindow) return
    if (isFrameMessage(data)) hear(data)
  })
  const frame = stage.frame()
  if (frame !== null) listenToLoad(frame)
  stage.loading()
  say(HELLO)
  if (isComplete(frame)) settle(frame)
  return { stage, resume: () => say(RESUME) }

  function say(type: string): void {
    post({ type })
  }

  function post(message: { type: string }): void {
    stage.frame()?.contentWindow?.postMessage(message, location.origin)
  }

  function hear(message: FrameMessage): void {
    switch (message.type) {
      case 'dashgate:loading':
        return stage.loading()
      case 'dashgate:ready': {
        const shown = stage.frame()
        if (shown !== null) takePicture(around.identity, slug, shown)
        if (shown?.contentWindow) around.listenIn(shown.contentWindow)
        return stage.ready()
      }
      case 'dashgate:location':
        return follow(message)
      case 'dashgate:failed':
        if (message.requestId !== undefined) tools.failed(message.requestId)
        return message.scope === 'part' ? stage.partFailed(message) : stage.failed(message)
      case 'dashgate:part-over':
        return stage.partOver()
      case 'dashgate:progress':
        return stage.progress(message.step)
      case 'dashgate:captured':
        return views?.captured(message.content)
      case 'dashgate:view-shown':
        return views?.shown(message.missing)
      case 'dashgate:view-changed':
        return views?.changed(message.changed)
      case 'dashgate:session-ended':
        return around.sessionEnded()
      case 'dashgate:tenant-mismatch':
        around.overlay.show(otherTenant(around.identity, { tenant: message.tenant }))
        return void around.checkSession()
      case 'dashgate:person-mismatch':
        around.overlay.show(otherPerson(around.identity, {}))
        return void around.checkSession()
      case 'dashgate:busy':
        return stage.busy(message)
      case 'dashgate:busy-over':
        return stage.busyOver()
      case 'dashgate:disconnected':
        return void around.checkSession()
      case 'dashgate:active':
        return around.active()
    }
  }

  function follow({ path, title: appTitle, slug: shown }: Where): void {
    if (shown !== slug) {
      // A link to another dashboard opened in our frame: the bar above it would name the wrong one.
      // Once: the frame goes on telling (its title, its steps), and each replace would abort the one before.
      if (leaving || !isWithin(path, shown)) return
      leaving = true
      location.replace(path)
      return
    }
    if (!isWithin(path, slug)) return
    // Replace, never push: the frame's own step is already in the joint history that the back button walks.
    history.replaceState(history.state, '', views?.addressOf(path) ?? path)
    document.title = titleFor(appTitle, title, around.identity)
  }

  function listenToLoad(made: HTMLIFrameElement): void {
    made.addEventListener('load', () => settle(made))
  }

  /** Documents without our script (the browser's own error page, a plain file) say nothing themselves. */
  function settle(made: HTMLIFrameElement): void {
    if (made.contentDocument === null) return stage.failed({ code: 'unreachable' })
    if (made.contentWindow?.dashgate !== true) stage.ready()
  }
}

type Where = Extract<FrameMessage, { type: 'dashgate:location' }>

/** Loaded before this script ran, so that its load event has passed. */
function isComplete(frame: HTMLIFrameElement | null): frame is HTMLIFrameElement {
  if (frame === null) return false
  const inside = frame.contentDocument
  if (inside === null) return true
  return inside.readyState === 'complete' && inside.URL !== 'about:blank'
}
