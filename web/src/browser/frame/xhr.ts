import { intercept } from './intercept.ts'
import { isOurs, type OwnRequests } from './own-request.ts'
import { RETRY_AFTER, type Tries } from './patience.ts'
import { meaningOf } from './refusal.ts'

/** What is needed to ask the same once more. */
interface Call {
  open: unknown[]
  headers: unknown[][]
  body: unknown[]
  tries: Tries
}

const TOLD = ['readystatechange', 'progress', 'load', 'loadend'] as const

export function watchXhr({ madeFor, parking, patience, tell }: OwnRequests): void {
  const calls = new WeakMap<object, Call>()
  /** The tries of the call that is being made again. */
  let goingOn: Tries | undefined
  const prototype = XMLHttpRequest.prototype
  const ours = Object.fromEntries(Object.keys(madeFor).map((name) => [name.toLowerCase(), true]))

  // Listeners of the constructor come before the page's own, and can keep an event from them.
  window.XMLHttpRequest = new Proxy(XMLHttpRequest, {
    construct(target, args: [], newTarget) {
      const made = Reflect.construct(target, args, newTarget) as XMLHttpRequest
      for (const name of TOLD) {
        made.addEventListener(name, (event) => hear(made, event), { capture: true })
      }
      return made
    },
  })

  intercept(prototype, 'open', (call, self, args) => {
    if (!(self instanceof XMLHttpRequest)) return call()
    const tries = goingOn ?? patience.tries()
    if (goingOn === undefined) forget(self)
    calls.delete(self)
    if (isOurs(String(args[1]))) calls.set(self, { open: args, headers: [], body: [], tries })
    return call()
  })
  intercept(prototype, 'setRequestHeader', (call, self, args) => {
    // Ours are set with each sending; set twice they would be one value with a comma.
    if (!(String(args[0]).toLowerCase() in ours)) callOf(self)?.headers.push(args)
    return call()
  })
  intercept(prototype, 'abort', (call, self) => {
    forget(self)
    return call()
  })
  intercept(prototype, 'send', (call, self, args) => {
    const made = callOf(self)
    if (made === undefined || !(self instanceof XMLHttpRequest)) return call()
    made.body = args
    for (const [name, value] of Object.entries(madeFor)) self.setRequestHeader(name, value)
    const gate = isAsync(made) ? parking?.gate() : undefined
    if (gate === undefined) return call()
    // Aborted while it waited, it is not to be sent any more.
    return void gate.then(() => calls.get(self) === made && call())
  })

  function hear(request: XMLHttpRequest, event: Event): void {
    const call = calls.get(request)
    if (call === undefined || request.readyState < XMLHttpRequest.HEADERS_RECEIVED) return
    const meaning = meaningOf(request.status, (name) => request.getResponseHeader(name))
    const isLast = event.type === 'loadend'
    const isOver = meaning?.type === 'dashgate:session-ended'
    const mayWait = isOver ? parking !== undefined : meaning && call.tries.may(meaning)
    if (meaning === undefined || !mayWait || !isAsync(call)) {
      if (isLast) call.tries.over()
      if (isLast && meaning !== undefined) tell(meaning)
      return
    }
    event.stopImmediatePropagation()
    if (!isLast) return
    const waiting = isOver
      ? parking?.sessionEnded()
      : call.tries.next(meaning, request.getResponseHeader(RETRY_AFTER))
    void waiting?.then(() => calls.get(request) === call && again(request, call))
  }

  function forget(self: unknown): void {
    callOf(self)?.tries.over()
    if (self instanceof XMLHttpRequest) calls.delete(self)
  }

  function again(request: XMLHttpRequest, call: Call): void {
    const { open, headers, body, tries } = call
    goingOn = tries
    try {
      Reflect.apply(request.open.bind(request), undefined, open)
    } finally {
      goingOn = undefined
    }
    for (const header of headers) {
      Reflect.apply(request.setRequestHeader.bind(request), undefined, header)
    }
    Reflect.apply(request.send.bind(request), undefined, body)
  }

  function callOf(self: unknown): Call | undefined {
    return typeof self === 'object' && self !== null ? calls.get(self) : undefined
  }
}

const isAsync = ({ open }: Call): boolean => open[2] !== false
