import { describe, expect, it } from 'vitest'
import { cpuSeconds, memoryOf, readStat } from './processes.ts'

describe('readStat', () => {
  it('counts user and system time, and that of ended children', () => {
    const times = '0 0 0 0 0 0 0 10 20 3 4'
    expect(readStat(`7 (node) S 5 7 7 ${times} 20 0 11`)).toEqual({ parent: 5, ticks: 37 })
  })

  it('reads a name that looks like fields', () => {
    const times = '0 0 0 0 0 0 0 1 0 0 0'
    expect(readStat(`7 (a) S 9 (b) R 5 7 7 ${times} 20`)).toEqual({ parent: 5, ticks: 1 })
  })
})

describe.runIf(process.platform === 'linux')('this process', () => {
  it('has used some CPU time, and more later', () => {
    const before = cpuSeconds(process.pid)
    // So much work that the system's clock of ticks goes on.
    while (cpuSeconds(process.pid) === before) continue
    expect(cpuSeconds(process.pid)).toBeGreaterThan(before)
  })

  it('holds memory, at most its peak', () => {
    const { now, peak } = memoryOf(process.pid)
    expect(now).toBeGreaterThan(0)
    expect(peak).toBeGreaterThanOrEqual(now)
  })
})
