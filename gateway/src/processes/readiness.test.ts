import { describe, expect, it } from 'vitest'
import { readinessOfAll, type Readiness } from './readiness.ts'

const good: Readiness = { isReady: true, remarks: [] }
const remark = (text: string): Readiness => ({ isReady: true, remarks: [text] })
const of = (answers: readonly (Readiness | undefined)[], haveAllBeenReady = true) =>
  readinessOfAll({ count: 2, isStopping: false, haveAllBeenReady, answers })

describe('the readiness of several processes', () => {
  it('is there when all are ready for the first time', () => {
    expect(of([good], false)).toEqual({
      isReady: false,
      remarks: ['1 of 2 processes have started'],
    })
    expect(of([good, good])).toEqual(good)
  })

  it('stays while others serve, and says so', () => {
    const expected = { isReady: true, remarks: ['1 of 2 processes answer'] }
    expect(of([good])).toEqual(expected)
    expect(of([good, undefined])).toEqual(expected)
  })

  it('ends when one of them could not serve, or none is left', () => {
    const refusal = { isReady: false, remarks: ['the database does not answer'] }
    expect(of([good, refusal])).toEqual(refusal)
    expect(of([])).toEqual({ isReady: false, remarks: ['no process answers'] })
    expect(of([undefined, undefined])).toEqual({ isReady: false, remarks: ['no process answers'] })
  })

  it('ends when all are to stop, though they still serve', () => {
    const processes = { count: 2, haveAllBeenReady: true, answers: [good, good] }
    expect(readinessOfAll({ ...processes, isStopping: true })).toEqual({
      isReady: false,
      remarks: ['stopping'],
    })
  })

  it('says once what several have to say', () => {
    expect(of([remark('a'), remark('a')])).toEqual(remark('a'))
  })
})
