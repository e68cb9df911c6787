import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A statement as it went over the wire, and what the server said to it. */
export interface WireStatement {
  readonly sql: string
  /** In their text form. */
  values: readonly (string | null)[]
  /** Whether it was prepared under a name, by which a later connection may ask for it. */
  readonly isNamed: boolean
  /** Said by the owner of the tables meanwhile, for what the gateway does to come about. */
  readonly byOwner?: true
  /** Names of the columns of its rows. */
  columns: readonly string[]
  /** Command tag, for instance `INSERT 0 1`; empty when it failed. */
  tag: string
}

/** Statements between `begin` and `commit`, or one alone. */
export type WireTransaction = readonly WireStatement[]

/**
 * Stands between the gateway and Postgres and writes down each transaction that was committed, in the
 * order of the commits (PostgreSQL, "Message Formats"). It needs connections without TLS.
 */
export async function startWireRecorder(target: { port: number }) {
  const transactions: WireTransaction[] = []
  const server = createServer((client) => {
    const upstream = connect(target.port, '127.0.0.1')
    const note = createNotebook((one) => transactions.push(one))
    const toServer = frames(true, note.sent)
    const toClient = frames(false, note.received)
    client.on('data', (chunk: Buffer) => {
      toServer(chunk)
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      toClient(chunk)
      client.write(chunk)
    })
    endTogether(client, upstream)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The recorder has no port')
  return {
    port: address.port,
    transactions: transactions as readonly WireTransaction[],
    /** To be told before the owner says it: what follows from it is noted after it. */
    noteOwner(sql: string): void {
      transactions.push([{ sql, byOwner: true, isNamed: false, values: [], columns: [], tag: '' }])
    },
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

function endTogether(...pair: readonly [Socket, Socket]): void {
  for (const socket of pair) {
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const one of pair) one.destroy()
    })
  }
}

/** Cuts a stream into messages; the first one of a client has no type. */
function frames(isClient: boolean, onMessage: (type: string, body: Buffer) => void) {
  let rest = Buffer.alloc(0)
  let headLength = isClient ? 0 : 1
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= headLength + 4) {
      const end = headLength + rest.readInt32BE(headLength)
      if (rest.length < end) return
      const type = headLength === 0 ? '' : String.fromCharCode(rest[0] ?? 0)
      onMessage(type, rest.subarray(headLength + 4, end))
      rest = rest.subarray(end)
      headLength = 1
    }
  }
}

function createNotebook(onTransaction: (one: WireTransaction) => void) {
  let open: WireStatement[] | undefined
  const waiting: WireStatement[] = []

  const note = (sql: string, isNamed = false) =>
    waiting.push({ sql, isNamed, values: [], columns: [], tag: '' })

  function done(one: WireStatement): void {
    const word = one.sql.trim().toLowerCase()
    if (word === 'begin') open = []
    else if (word === 'rollback') open = undefined
    else if (word === 'commit') {
      if (open && open.length > 0 && one.tag === 'COMMIT') onTransaction(open)
      open = undefined
    } else if (open) open.push(one)
    else if (one.tag !== '') onTransaction([one])
  }

  return {
    sent(type: string, body: Buffer): void {
      if (type === 'Q') note(textAt(body, 0).text)
      // Its columns may come before its values are sent.
      const name = textAt(body, 0)
      if (type === 'P') note(textAt(body, name.end).text, name.text !== '')
      const last = waiting.at(-1)
      if (type === 'B' && last) last.values = valuesOf(body)
    },
    received(type: string, body: Buffer): void {
      const [current] = waiting
      if (!current) return
      if (type === 'T') current.columns = columnsOf(body)
      if (type === 'C') current.tag = textAt(body, 0).text
      if (type === 'Z') {
        waiting.shift()
        done(current)
      }
    },
  }
}

function textAt(body: Buffer, start: number): { text: string; end: number } {
  const end = body.indexOf(0, start)
  return { text: body.toString('utf8', start, end), end: end + 1 }
}

/** Bind: portal, statement, format codes, values. */
function valuesOf(body: Buffer): (string | null)[] {
  let at = textAt(body, textAt(body, 0).end).end
  at += 2 + 2 * body.readInt16BE(at)
  const values: (string | null)[] = []
  const count = body.readInt16BE(at)
  at += 2
  for (let index = 0; index < count; index += 1) {
    const length = body.readInt32BE(at)
    at += 4
    values.push(length < 0 ? null : body.toString('utf8', at, at + length))
    at += Math.max(length, 0)
  }
  return values
}

/** RowDescription: for each column its name and 18 bytes more. */
function columnsOf(body: Buffer): string[] {
  const names: string[] = []
  for (let at = 2; at < body.length;) {
    const { text, end } = textAt(body, at)
    names.push(text)
    at = end + 18
  }
  return names
}
