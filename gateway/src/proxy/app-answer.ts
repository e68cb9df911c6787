import type { IncomingHttpHeaders } from 'node:http'
import type { Writable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { notePassed } from '../garbage-collection.ts'

/** What is held of a body until it is known what becomes of it; then the app waits. */
const mostHeld = 64 * 1024

/**
 * An app's answer: its head, and a body that is passed on, looked at or read, whichever the head says.
 * It is at the same time what undici calls as the answer comes in: a request costs half of what it
 * does by way of undici's own streams and `pipeline` (measured).
 */
export class AppAnswer implements Dispatcher.DispatchHandler {
  statusCode = 0
  /** Of the body, as far as it has come. */
  receivedBytes = 0
  headers: IncomingHttpHeaders = {}
  /** Resolves when the head is there; rejects when none will come. */
  readonly head: Promise<this>
  #gotHead!: (answer: this) => void
  #failed!: (error: Error) => void

  #controller: Dispatcher.DispatchController | undefined
  #abortedBy: Error | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #mayHold = mostHeld
  #isWhole = false
  #error: Error | undefined
  #to: Writable | undefined
  #wake: (() => void) | undefined

  constructor() {
    this.head = new Promise((resolve, reject) => {
      this.#gotHead = resolve
      this.#failed = reject
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#abortedBy) controller.abort(this.#abortedBy)
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: IncomingHttpHeaders,
  ): void {
    // Whatever comes before the answer (RFC 9110 §15.2) is between the app and us.
    if (statusCode < 200) return
    this.statusCode = statusCode
    this.headers = headers
    this.#gotHead(this)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.receivedBytes += chunk.length
    if (this.#to) {
      notePassed(chunk.length)
      if (!this.#to.write(chunk)) controller.pause()
      return
    }
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes >= this.#mayHold) controller.pause()
    this.#wake?.()
  }

  onResponseEnd(): void {
    this.#isWhole = true
    this.#to?.end()
    this.#wake?.()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#error = error
    this.#failed(error)
    // With its error: without one, HTTP/2 would end the answer as a whole one (`edge/answer.ts`).
    this.#to?.destroy(error)
    this.#wake?.()
  }

  /** Whether nothing of the body has come yet. */
  get isSilent(): boolean {
    return this.#heldBytes === 0 && !this.#isWhole
  }

  /** Whether the last byte of it has come. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Has the app stop, wherever it is; what was not sent yet never will be. */
  abort(reason: Error): void {
    if (this.#isWhole || this.#error) return
    this.#abortedBy = reason
    this.#controller?.abort(reason)
    this.#failed(reason)
  }

  /**
   * Passes the body on, at the pace at which it is taken. What breaks off here breaks off there too, so
   * that half an answer never looks like a whole one.
   */
  sendTo(to: Writable): void {
    if (this.#error) {
      to.destroy(this.#error)
      return
    }
    const last = this.#isWhole ? this.#held.pop() : undefined
    for (const chunk of this.#held) to.write(chunk)
    this.#held = []
    if (this.#isWhole) {
      to.end(last)
      return
    }
    this.#to = to
    to.on('drain', () => !this.#isWhole && this.#controller?.resume())
    if (!to.writableNeedDrain) this.#controller?.resume()
  }

  /** At least so many of the first bytes, all of them where they are fewer; `sendTo` sends them still. */
  async peek(bytes: number): Promise<Buffer> {
    while (this.#heldBytes < bytes && !this.#isOver()) await this.#change()
    return Buffer.concat(this.#held)
  }

  /** The whole body; `undefined` where there is more of it than that. `sendTo` sends it still. */
  async whole(mostBytes: number): Promise<Buffer | undefined> {
    this.#mayHold = mostBytes + 1
    this.#controller?.resume()
    while (this.#heldBytes <= mostBytes && !this.#isOver()) await this.#change()
    return this.#heldBytes > mostBytes ? undefined : Buffer.concat(this.#held)
  }

  /** The whole body. @throws when there is more of it than that */
  async bytes(mostBytes: number): Promise<Buffer> {
    const whole = await this.whole(mostBytes)
    if (!whole) throw new Error(`the body is longer than ${mostBytes} bytes`)
    return whole
  }

  /** The whole body as text. @throws when there is more of it than that */
  async text(mostBytes: number): Promise<string> {
    return (await this.bytes(mostBytes)).toString('utf8')
  }

  #isOver(): boolean {
    if (this.#error) throw this.#error
    return this.#isWhole
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
