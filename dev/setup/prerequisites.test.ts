import { describe, expect, it } from 'vitest'

import { type Machine, missingPrerequisites } from './prerequisites.mjs'

const python = { command: 'python3', version: [3, 11], hasVenv: true } as const

const complete: Machine = {
  platform: 'linux',
  node: '20.19.0',
  npm: '10.8.2',
  pythons: [python],
  packageManager: 'apt-get',
}

describe('missingPrerequisites', () => {
  it('finds nothing missing on a machine that has all', () => {
    expect(missingPrerequisites(complete)).toEqual([])
  })

  it.each(['20.18.3', '18.20.0'])('refuses Node %s and says what to do', (node) => {
    const [line] = missingPrerequisites({ ...complete, node })
    expect(line).toContain(`Node 20.19 or newer is needed, this is ${node}`)
    expect(line).toContain('apt-get install nodejs npm')
  })

  it('names the package that Debian keeps venv in', () => {
    const pythons = [{ ...python, hasVenv: false }]
    expect(missingPrerequisites({ ...complete, pythons })).toEqual([
      'Python is there, but without venv and ensurepip: apt-get install python3-venv',
    ])
  })

  it('does not take a Python that is too old', () => {
    const pythons = [{ ...python, version: [3, 9] as const }]
    expect(missingPrerequisites({ ...complete, pythons })).toEqual([
      'Python 3.10 or newer is missing: apt-get install python3 python3-venv',
    ])
  })

  it('takes a second Python when the first will not do', () => {
    const pythons = [{ ...python, version: [3, 9] as const }, python]
    expect(missingPrerequisites({ ...complete, pythons })).toEqual([])
  })

  it('names everything at once', () => {
    const bare: Machine = { ...complete, node: '18.0.0', npm: undefined, pythons: [] }
    expect(missingPrerequisites(bare)).toHaveLength(3)
  })

  it('speaks of the package manager that the machine has', () => {
    const machine: Machine = { ...complete, pythons: [], packageManager: 'brew' }
    expect(missingPrerequisites(machine)[0]).toContain('brew install python')
  })

  it('sends Windows to WSL', () => {
    expect(missingPrerequisites({ ...complete, platform: 'win32' })[0]).toContain('WSL')
  })
})
