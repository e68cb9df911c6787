import { shell as words } from '../../words/en/shell.ts'
import { element } from './elements.ts'
import type { TimeLeft } from './session-answer.ts'

export interface SessionWarning {
  /** @param end milliseconds since the epoch */
  show(session: { end: number; endsBy: TimeLeft['endsBy'] }): void
  hide(): void
}

interface Choices {
  stay: () => void
  /** A session that is too old cannot be kept: a new one takes its place. */
  signInAgain: () => void
}

const TEXT = {
  idle: { title: words.idleTitle, text: words.idleText, action: words.idleAction },
  age: { title: words.ageTitle, text: words.ageText, action: words.ageAction },
}

/** Says that the session is about to end, counts down, and offers to keep it. Takes no focus away. */
export function createSessionWarning({ stay, signInAgain }: Choices): SessionWarning {
  let bar: HTMLElement | undefined
  let ticking: number | undefined

  function hide(): void {
    clearInterval(ticking)
    bar?.remove()
    bar = undefined
  }

  return {
    hide,
    show({ end, endsBy }) {
      hide()
      const { title, text, action } = TEXT[endsBy]
      const button = element('button', { class: 'button button-small', type: 'button' }, action)
      button.addEventListener('click', endsBy === 'idle' ? stay : signInAgain)
      // Read out once; the seconds that follow are for the eye only.
      const clock = element('span', { class: 'session-warning-clock', 'aria-hidden': 'true' })
      bar = element(
        'section',
        { class: 'session-warning', 'aria-label': title },
        clock,
        element(
          'p',
          { role: 'alert' },
          element('strong', {}, title),
          ` ${text} `,
          element('span', { class: 'visually-hidden' }, inWords(end)),
        ),
        button,
      )
      const tick = () => (clock.textContent = onAClock(end))
      tick()
      ticking = window.setInterval(tick, 1000)
      document.body.append(bar)
    },
  }
}

const secondsTo = (end: number) => Math.max(0, Math.ceil((end - Date.now()) / 1000))

function onAClock(end: number): string {
  const seconds = secondsTo(end)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function inWords(end: number): string {
  const seconds = secondsTo(end)
  if (seconds < 90) return words.secondsLeft(seconds)
  return words.minutesLeft(Math.round(seconds / 60))
}
