import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildOf, createBuilds, isBuild, type BuildFile } from './builds.ts'

const app = { slug: 'loss', appUrl: 'http://127.0.0.1:8051' }
const file = (digit: string): BuildFile => ({ hash: digit.repeat(64), type: 'js', isInName: true })

const memoryDisk = () => {
  const files = new Map<string, Buffer>()
  return {
    files,
    read: (name: string) => Promise.resolve(files.get(name)),
    write: (name: string, bytes: Buffer) => Promise.resolve(void files.set(name, bytes)),
  }
}

describe('the name of a build', () => {
  const part = fc.tuple(
    fc.string(),
    fc.record({ hash: fc.string(), version: fc.option(fc.string(), { nil: undefined }) }),
  )
  const parts = fc.uniqueArray(part, { selector: ([path]) => path, minLength: 1, maxLength: 6 })

  it('is the same in whatever order its files are named', () => {
    fc.assert(
      fc.property(parts, (list) => {
        const build = buildOf(new Map(list))
        expect(isBuild(build)).toBe(true)
        expect(buildOf(new Map(list.toReversed()))).toBe(build)
      }),
    )
  })

  it('is another one as soon as a file is', () => {
    fc.assert(
      fc.property(parts, fc.nat(5), fc.string({ minLength: 1 }), (list, index, more) => {
        const changed = list.map(([path, { hash, version }], at) => {
          const isIt = at === index % list.length
          return [path, { hash: isIt ? hash + more : hash, version }] as const
        })
        expect(buildOf(new Map(changed))).not.toBe(buildOf(new Map(list)))
      }),
    )
  })
})

describe('a file of a build', () => {
  it('is what it first was, for this process and for others', async () => {
    const disk = memoryDisk()
    const builds = createBuilds(disk)
    builds.add('b', app, 'x.js', file('1'))
    builds.add('b', app, 'x.js', file('2'))
    expect(await builds.find('b', app, 'x.js')).toEqual(file('1'))
    expect(await createBuilds(disk).find('b', app, 'x.js')).toEqual(file('1'))
  })

  it('is vouched for by its own app only, at its own address', async () => {
    const builds = createBuilds(memoryDisk())
    builds.add('b', app, 'x.js', file('1'))
    expect(await builds.find('b', { ...app, slug: 'other' }, 'x.js')).toBeUndefined()
    expect(await builds.find('b', { ...app, appUrl: 'http://x' }, 'x.js')).toBeUndefined()
    expect(await builds.find('c', app, 'x.js')).toBeUndefined()
    expect(await builds.find('b', app, 'y.js')).toBeUndefined()
  })

  it.each(['', 'no JSON', '{}', '{"hash":"../../etc/passwd","type":"js"}'])(
    'is none where the disk says %j',
    async (text) => {
      const disk = memoryDisk()
      createBuilds(disk).add('b', app, 'x.js', file('1'))
      for (const name of disk.files.keys()) disk.files.set(name, Buffer.from(text))
      expect(await createBuilds(disk).find('b', app, 'x.js')).toBeUndefined()
    },
  )
})
