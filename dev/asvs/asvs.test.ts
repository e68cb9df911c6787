import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { root } from '../paths.ts'
import { requirements } from './requirements.ts'

const page = readFileSync(join(root, 'docs', 'asvs.md'), 'utf8')
const rows = [...page.matchAll(/^\| (V[\d.]+) +\| (\d) +\| ([^|]+?) +\| (.+?) +\|$/gm)].map(
  ([, id = '', level = '', state = '', why = '']) => ({ id, level: Number(level), state, why }),
)
const states = [
  'held',
  'partly',
  'not held',
  'the provider’s',
  'the operator’s',
  'an app’s',
  'nothing of the kind',
]

describe('docs/asvs.md', () => {
  it('has each id of levels 1 and 2 once, and no other but of level 3, with its level', () => {
    const said = rows.map(({ id }) => id)
    expect(said).toEqual([...new Set(said)])
    const asked = [...requirements].filter(([, level]) => level < 3).map(([id]) => id)
    expect(asked.filter((id) => !said.includes(id))).toEqual([])
    for (const { id, level } of rows) expect([id, level]).toEqual([id, requirements.get(id)])
  })

  it('says of each how it is, and where or why', () => {
    for (const { id, state, why } of rows) {
      expect(states, id).toContain(state)
      expect(why, id).not.toBe('')
    }
  })

  it('counts right', () => {
    const asked = rows.filter(({ level }) => level < 3)
    const count = (...wanted: string[]) =>
      asked.filter(({ state }) => wanted.includes(state)).length
    const said = page.slice(0, page.indexOf('\n## ')).replaceAll(/\s+/g, ' ')
    expect(said).toContain(
      `Of the ${asked.length} ids of levels 1 and 2, ${count('held')} are held, ${count('partly')} in part, ${count('not held')} are not, ${count('the provider’s', 'the operator’s', 'an app’s')} are for`,
    )
    expect(said).toContain(`for ${count('nothing of the kind')} there is nothing here`)
  })

  it('names files that are there', () => {
    const files = [...page.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)+)`/g)].map(([, file = '']) => file)
    expect(files.length).toBeGreaterThan(100)
    expect([...new Set(files)].filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})
