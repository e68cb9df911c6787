import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startBlobPlace } from '../../test-support/blob-place.ts'
import { corpusLines } from '../../test-support/corpus.ts'
import { startFolderPlace } from '../../test-support/folder-place.ts'
import { serveDatasets, type ServedDatasets } from '../../test-support/served-datasets.ts'
import type { StoragePlace } from '../../test-support/storage-place.ts'

const kinds: [string, () => Promise<StoragePlace>][] = [
  ['Azure Blob Storage', () => startBlobPlace(inject('blobConnectionString'))],
  ['a local folder', startFolderPlace],
]
const canary = randomBytes(16).toString('hex')

const places = ['{FILE}', '../{FILE}', '../../{FILE}', 'triangles/../../{FILE}', '/{FILE}']
const written = (path: string): string[] => [
  path,
  path.replaceAll('/', '%2f'),
  path.replaceAll('/', '%2F'),
  path.replaceAll('/', '%5c'),
  path.replaceAll('/', '\\'),
  path.replaceAll('/', '%252f'),
  path.replaceAll('/', '%c0%af'),
  path.replaceAll('/', '%ef%bc%8f'),
  path.replaceAll('.', '%2e'),
  path.replaceAll('.', '%252e').replaceAll('/', '%252f'),
  path.replaceAll('.', '%c0%ae'),
  path.replaceAll('.', '%ef%bc%8e'),
  path.replaceAll('..', '..;'),
]
/** Ways to write another tenant's file where a name is wanted; `{FILE}` stands for the file. */
const forms = [
  ...places.flatMap(written),
  'secret',
  'secret.parquet',
  'triangles?name={FILE}',
  'triangles#{FILE}',
  'triangles%00{FILE}',
  'triangles%00',
  'triangles%0d%0aX: y',
  'triangles.',
  'triangles%2e',
  'triangles%20',
  'triangles;/../../{FILE}',
  '.',
  '..',
  '...',
  '%2e',
  '%2e%2e',
  '-',
  'tri%E2%80%AEangles',
  'tri%CC%88angles',
  '%F0%9F%93%88',
  '%ff%fe',
  '%',
  '%zz',
  'a'.repeat(10_000),
  `${'../'.repeat(2000)}{FILE}`,
  'CON',
  'C:%5c{FILE}',
  'file:///{FILE}',
  'http://127.0.0.1/{FILE}',
  ...corpusLines('path-traversal.txt').flatMap((line) => [
    line.replace(/^\//, ''),
    encodeURIComponent(line),
  ]),
]

/** What goes over the socket is what is written here: no client tidies it up first. */
function get(port: number, target: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')))
    socket.on('close', () => resolve(answer))
    // A refusal may come before everything was read; 'close' follows in any case.
    socket.on('error', () => {})
    socket.write(`GET ${target} HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n`)
  })
}

/** What an answer says, without what differs between any two of them. */
const saying = (answer: string): string =>
  answer.replaceAll(/[0-9a-f]{32}/g, '(request id)').replace(/\r\nDate: [^\r]+/i, '')

describe.each(kinds)('R2: names of datasets in %s', (_, start) => {
  let place: StoragePlace
  let served: ServedDatasets

  beforeAll(async () => {
    place = await start()
    served = await serveDatasets(place.storage())
    await place.put('acme-corp/triangles.parquet', Buffer.from('our own'))
    await place.put('acme/triangles.parquet', Buffer.from(canary))
    await place.put('globex/secret.parquet', Buffer.from(canary))
  })
  afterAll(async () => {
    await served?.stop()
    await place?.close()
  })

  it('lead to no file of another tenant, whether it is there or not, and ask for none', async () => {
    const leaking: string[] = []
    const telling: string[] = []
    const straying = new Set<string>()
    place.asked()
    for (const form of forms) {
      const target = `/datasets/${form}`
      const there = await get(served.port, target.replaceAll('{FILE}', 'globex/secret.parquet'))
      const absent = await get(served.port, target.replaceAll('{FILE}', 'globex/absent.parquet'))
      if (there.includes(canary) || absent.includes(canary)) leaking.push(form)
      if (saying(there) !== saying(absent)) telling.push(form)
      for (const path of place.asked()) {
        // The folder looks at itself first, to see where it really lies.
        if (path !== '' && !/^acme-corp\/[A-Za-z0-9_-]+\.parquet$/.test(path)) straying.add(path)
      }
    }
    expect({ leaking, telling, straying: [...straying] }).toEqual({
      leaking: [],
      telling: [],
      straying: [],
    })
  })

  it('are refused alike where they are no names, without asking the storage', async () => {
    place.asked()
    const answers = new Set<string>()
    for (const name of [
      'triangles.',
      '.',
      '-',
      '_',
      'a b',
      'ä',
      '😀',
      'a'.repeat(101),
      'a-',
      '~',
    ]) {
      const answer = await get(served.port, `/datasets/${encodeURIComponent(name)}`)
      const [status = ''] = answer.split('\r\n')
      const { error } = JSON.parse(answer.slice(answer.indexOf('{'))) as { error: string }
      answers.add(`${status.slice(9)}: ${error}`)
    }
    expect([...answers].sort()).toEqual([
      '400 Bad Request: bad_path',
      '404 Not Found: dataset_not_found',
    ])
    expect(place.asked()).toEqual([])
  })
})
