import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { findProgram, programNames, programs } from './programs.mjs'
import { temporaryDirectory } from '../temporary-directory.ts'

describe.each(programNames)('findProgram(%s)', (name) => {
  const { names, variable } = programs[name]
  const folder = temporaryDirectory()
  const onPath = join(folder, names[0] ?? '')
  writeFileSync(onPath, '')
  chmodSync(onPath, 0o755)

  it('finds the one on the PATH', () => {
    expect(findProgram(name, { PATH: `/nowhere:${folder}` })).toBe(onPath)
  })

  it('prefers the one that its variable names', () => {
    const environment = { PATH: folder, [variable]: process.execPath }
    expect(findProgram(name, environment)).toBe(process.execPath)
  })

  it('does not quietly take another one when its variable is wrong', () => {
    const environment = { PATH: folder, [variable]: join(folder, 'absent') }
    expect(findProgram(name, environment)).toBeUndefined()
  })
})
