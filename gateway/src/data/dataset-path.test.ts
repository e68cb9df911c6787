import { BlobServiceClient } from '@azure/storage-blob'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectionStringFor } from '../../test-support/azurite.ts'
import { corpusLines } from '../../test-support/corpus.ts'
import { addresses, datasetNameOf, datasetPath, folderOf, isDatasetName } from './dataset-path.ts'

const container = BlobServiceClient.fromConnectionString(
  connectionStringFor(10_000),
).getContainerClient('processed')

const slug = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?$/)

const dots = ['..', '%2e%2e', '.%2e', '%252e%252e', '..;', '.', '．．', '\u2025', '%c0%ae%c0%ae']
const slashes = ['/', '\\', '%2f', '%5c', '%252f', '//', '／', '\u2215', '%c0%af', ';/', '\0/']
const target = 'globex/secret'

/** Each way to write a step up with each way to write a slash, from one to four steps deep. */
const stepsUp = dots.flatMap((dot) =>
  slashes.flatMap((slash) =>
    [1, 2, 4].flatMap((depth) => {
      const up = `${dot}${slash}`.repeat(depth)
      return [`${up}${target}`, `/${up}${target}`, `triangles${slash}${up}${target}`]
    }),
  ),
)
const oddities = [
  '',
  '.',
  '..',
  '...',
  'a.',
  'a..',
  '.a',
  '-a',
  'a-',
  'a b',
  ' a',
  'a\n',
  'a\0',
  'a/b',
  'a\\b',
  'a?b',
  'a#b',
  'a%20',
  'ä',
  'a'.repeat(101),
  'triangles.parquet',
  'triangles.parquet/../../globex/secret',
  'C:',
  'http://elsewhere/',
]
const hostile = [
  ...stepsUp,
  ...oddities,
  ...corpusLines('path-traversal.txt').map((line) => line.replaceAll('{FILE}', target)),
]

const decodedOnce = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const folder = (prefix: string) => `${new URL(container.url).pathname}/${folderOf(prefix)}`
const sent = (path: string) => container.getBlobClient(path).url

describe('R2: the name of a dataset', () => {
  it.each(['triangles', 'payments', 'a', 'Loss_triangles-2026', 'a'.repeat(100)])(
    'may be %s',
    (name) => {
      expect(datasetPath('acme-corp', name)).toBe(`acme-corp/${name}.parquet`)
    },
  )

  it.each(['', '.', '..', 'a/b', '../globex', 'A', 'a\\b', 'a\0', 'a'.repeat(64)])(
    'goes with no prefix such as %j',
    (prefix) => {
      expect(() => datasetPath(prefix, 'triangles')).toThrow('storage prefix')
    },
  )

  it('is never a path, however it is written', () => {
    const taken = hostile.filter((line) => isDatasetName(line) || isDatasetName(decodedOnce(line)))
    expect(taken).toEqual([])
  })

  it('leads to a URL below the tenant, for whatever text it is', () => {
    fc.assert(
      fc.property(
        slug,
        fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom(...hostile), slug),
        (prefix, name) => {
          const path = datasetPath(prefix, name)
          if (path === undefined) return
          const url = new URL(container.getBlobClient(path).url)
          expect(url.pathname.startsWith(folder(prefix))).toBe(true)
          expect(url.pathname.slice(folder(prefix).length)).toBe(`${name}.parquet`)
          expect(url.search).toBe('')
        },
      ),
      { numRuns: 500 },
    )
  })

  it('comes back from its path, and from no other path', () => {
    fc.assert(
      fc.property(slug, slug, fc.string(), (prefix, name, other) => {
        const path = datasetPath(prefix, name) ?? ''
        expect(datasetNameOf(prefix, path)).toBe(name)
        expect(datasetNameOf(`${prefix}x`, path)).toBeUndefined()
        expect(datasetNameOf(prefix, `${prefix}x/${name}.parquet`)).toBeUndefined()
        expect(datasetNameOf(prefix, `${prefix}/folder/${name}.parquet`)).toBeUndefined()
        const found = datasetNameOf(prefix, other)
        if (found !== undefined) expect(datasetPath(prefix, found)).toBe(other)
      }),
    )
  })
})

/** Whether a path would pass the check and yet lead elsewhere; of some the client makes no URL at all. */
function leavesTheTenant(path: string): boolean {
  let url: string
  try {
    url = sent(path)
  } catch {
    return false
  }
  const { pathname } = new URL(url)
  return addresses(url, container.url, path) && !pathname.startsWith(folder('acme'))
}

describe('R2: the last look at a URL', () => {
  it('lets pass what goes where it was meant to go', () => {
    expect(addresses(sent('acme/a.parquet'), container.url, 'acme/a.parquet')).toBe(true)
  })

  it('stops what the client has turned into another path', () => {
    const left = hostile.map((line) => `acme/${line}`).filter(leavesTheTenant)
    expect(left).toEqual([])
    expect(addresses(sent('acme/../globex/a'), container.url, 'acme/../globex/a')).toBe(false)
    expect(addresses(sent('acme/./../globex/a'), container.url, 'acme/./../globex/a')).toBe(false)
  })

  it('stops another host', () => {
    const elsewhere = 'http://elsewhere/devstoreaccount1/processed/acme/a'
    expect(addresses(elsewhere, container.url, 'acme/a')).toBe(false)
  })
})
