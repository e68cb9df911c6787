import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../dev/paths.ts'
import { summarise } from './summary.ts'

const frame = (functionName: string, file = '', lineNumber = 0) => ({
  functionName,
  url: file && (file.startsWith('node:') ? file : pathToFileURL(join(root, file)).href),
  lineNumber,
})

/** Of 100 µs the process waits 50, handles for 20, of which 10 in a call of itself, and hashes for 30. */
const profile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 3] },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('handle', 'gateway/src/edge/a.ts', 4), children: [4, 5] },
    { id: 4, callFrame: frame('handle', 'gateway/src/edge/a.ts', 4) },
    { id: 5, callFrame: frame('hash', 'node_modules/@scope/hash/index.js', 9) },
  ],
  samples: [2, 3, 4, 5],
  timeDeltas: [50, 10, 10, 30],
}

describe('the summary of a profile', () => {
  const summary = summarise(profile)

  it('leaves out waiting', () => {
    expect(summary.busy).toBe(0.5)
  })

  it('adds up what was spent in a function itself, wherever it was called', () => {
    expect(summary.functions).toEqual([
      { name: 'hash node_modules/@scope/hash/index.js:10', part: 0.6 },
      { name: 'handle gateway/src/edge/a.ts:5', part: 0.4 },
    ])
  })

  it('adds up packages, and folders of our own', () => {
    expect(summary.owners).toEqual([
      { name: '@scope/hash', part: 0.6 },
      { name: 'gateway/src/edge', part: 0.4 },
    ])
  })

  it('counts a function of the gateway that calls itself once, with all that it calls', () => {
    expect(summary.inclusive).toEqual([{ name: 'handle gateway/src/edge/a.ts:5', part: 1 }])
  })
})
