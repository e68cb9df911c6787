import type { FrameMessage } from '../messages.ts'
import { recordOf } from '../view.ts'
import { setProps } from './view/dash-page.ts'
import { labelOf } from './view/labels.ts'

/** Where Dash asks for the outcome of a callback. */
export const isCallback = (url: string): boolean => /\/_dash-update-component(?:\?|$)/.test(url)

interface Failed {
  url: string
  init: RequestInit
  /** Its outputs as Dash writes them: one callback has one such text. */
  output: string
}

/** Knows the callback that has failed last, and asks for it once more when somebody wants that. */
export function createFailedCallbacks(tell: (message: FrameMessage) => void) {
  let last: Failed | undefined

  function answered(url: string, init: RequestInit | undefined, response: Response): void {
    if (!isCallback(url) || typeof init?.body !== 'string') return
    const output = outputOf(init.body)
    if (response.ok) {
      if (output !== last?.output) return
      last = undefined
      return tell({ type: 'dashgate:part-over' })
    }
    // The gateway's own refusals of a session or a tenant are told apart.
    if (response.status < 500) return
    last = { url, init, output }
    const requestId = response.headers.get('X-Request-Id')
    tell({
      type: 'dashgate:failed',
      scope: 'part',
      code: response.headers.get('X-Gateway-Error') ?? 'callback_failed',
      ...(requestId !== null && { requestId }),
      part: partsOf(output).map(labelOf).join(', '),
      canRetry: true,
    })
  }

  /** Dash has given the callback up: what is answered now is put where it would have put it. */
  async function retry(): Promise<void> {
    if (last === undefined) return
    const { url, init } = last
    const { signal: _ended, ...again } = init
    const response = await fetch(url, again)
    if (!response.ok || response.status === 204) return
    const { response: parts, sideUpdate } = recordOf(await response.json())
    for (const [id, props] of Object.entries({ ...recordOf(sideUpdate), ...recordOf(parts) })) {
      setProps(id, recordOf(props))
    }
  }

  return { answered, retry }
}

function outputOf(body: string): string {
  try {
    return String(recordOf(JSON.parse(body))['output'])
  } catch {
    return ''
  }
}

/** `a.children` or `..a.children...b.figure..`; a hash after `@` tells callbacks of one output apart. */
export function partsOf(output: string): string[] {
  const list = output.startsWith('..') ? output.slice(2, -2).split('...') : [output]
  const ids = list.map((one) => one.slice(0, one.lastIndexOf('.')).replaceAll('\\.', '.'))
  return [...new Set(ids.filter((id) => id !== ''))].slice(0, 3)
}
