import { describe, expect, it } from 'vitest'

import { countsOfPytest, countsOfVitest, judge, sum } from './counts.ts'

describe('counts', () => {
  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 }
    expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 })
  })

  it('takes a test that is still to be written for skipped', () => {
    const json =
      '{"numPassedTests":5,"numFailedTests":1,"numPendingTests":2,"numTodoTests":1,"success":false}'
    expect(countsOfVitest(json)).toEqual({ passed: 5, failed: 1, skipped: 3 })
  })

  it("reads pytest's file, errors as failures", () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="all"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="16" time="1.2">'
    expect(countsOfPytest(xml)).toEqual({ passed: 10, failed: 3, skipped: 3 })
  })
})

describe('judge', () => {
  const passed = { passed: 7, failed: 0, skipped: 0 }

  it('lets a clean run pass', () => {
    expect(judge(passed, 0)).toEqual({ counts: passed })
  })

  it('fails a run without a test', () => {
    expect(judge({ passed: 0, failed: 0, skipped: 0 }, 0)).toMatchObject({
      counts: { failed: 1 },
      fault: 'ran no test',
    })
  })

  it('fails a run that skipped a test', () => {
    expect(judge({ ...passed, skipped: 1 }, 0)).toMatchObject({
      counts: { failed: 1 },
      fault: '1 skipped',
    })
  })

  it('fails a run that ended badly though each test passed', () => {
    expect(judge(passed, 1)).toMatchObject({ counts: { failed: 1 }, fault: 'ended with code 1' })
  })

  it('counts failed tests once', () => {
    expect(judge({ ...passed, failed: 3 }, 1)).toMatchObject({ counts: { failed: 3 } })
  })
})
