import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseByteRange } from './byte-range.ts'
import type { CodingOrIdentity } from './content-coding.ts'
import { isNotModified, mayResume } from './entity-tag.ts'

/** Bytes as they are sent: a content in one of its codings. */
export interface Representation {
  readonly coding: CodingOrIdentity
  readonly bytes: Buffer
  /** Strong (RFC 9110 §8.8.1): made of these very bytes, so that parts of two never make one file. */
  readonly etag: string
}

type Fields = Readonly<Record<string, string | string[]>>

/**
 * Sends bytes that are in memory, or the part of them that is asked for, or the word that the client
 * has them already. It writes only the fields that it is given and its own.
 */
export function sendRepresentation(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  outgoing: ServerResponse,
  { coding, bytes, etag }: Representation,
  fields: Fields & { readonly 'content-type': string },
): void {
  const { 'content-type': type, ...always } = {
    ...fields,
    etag,
    vary: [fields['vary'] ?? [], 'Accept-Encoding'].flat().join(', '),
    'accept-ranges': 'bytes',
  }
  const send = (status: number, more: Fields, body?: Buffer) => {
    outgoing.writeHead(status, { ...always, ...more })
    outgoing.end(method === 'HEAD' ? undefined : body)
  }
  if (isNotModified(headers['if-none-match'], etag)) return send(304, {})
  // RFC 9110 §14.2: a range means something with GET only.
  const resumes = method === 'GET' && mayResume(headers['if-range']?.toString(), etag)
  const range = resumes ? parseByteRange(headers.range, bytes.length) : undefined
  if (range === 'unsatisfiable') return send(416, { 'content-range': `bytes */${bytes.length}` })
  const part = range ? bytes.subarray(range.start, range.end + 1) : bytes
  send(
    range ? 206 : 200,
    {
      'content-type': type,
      'content-length': String(part.length),
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
      ...(range ? { 'content-range': `bytes ${range.start}-${range.end}/${bytes.length}` } : {}),
    },
    part,
  )
}
