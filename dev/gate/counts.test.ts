import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { root } from '../paths.ts'
import { countsOfPytest, countsOfVitest, flakyOfVitest, judge, sum } from './counts.ts'

describe('counts', () => {
  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3, flaky: 4 }
    expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6, flaky: 8 })
  })

  it('takes a test that is still to be written for skipped', () => {
    const json =
      '{"numPassedTests":5,"numFailedTests":1,"numPendingTests":2,"numTodoTests":1,"testResults":[]}'
    expect(countsOfVitest(json)).toEqual({ passed: 5, failed: 1, skipped: 3, flaky: 0 })
  })

  it("reads pytest's file, errors as failures", () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="all"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="16" time="1.2">'
    expect(countsOfPytest(xml)).toEqual({ passed: 10, failed: 3, skipped: 3, flaky: 0 })
  })
})

describe('a test that passed when it was run again', () => {
  // Written by vitest itself, so that another version's report is seen to be different.
  async function reportOf(source: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'dashgate-flaky-'))
    const report = join(folder, 'report.json')
    try {
      await writeFile(join(folder, 'sample.test.ts'), source)
      const options = ['--globals', '--retry=1', '--reporter=json', `--outputFile.json=${report}`]
      const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
      const child = spawn(process.execPath, [vitest, 'run', '--root', folder, ...options], {
        stdio: 'ignore',
      })
      await once(child, 'exit')
      return await readFile(report, 'utf8')
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  it('is told by name, with what it said at first, and counts as passed', async () => {
    const json = await reportOf(`
      let run = 0
      it('at the second go', () => { run += 1; expect(run, 'the run').toBe(2) })
      it('at once', () => {})
      it('never', () => { throw new Error('never') })`)
    expect(flakyOfVitest(json)).toEqual([
      {
        file: 'sample.test.ts',
        name: 'at the second go',
        fault: 'AssertionError: the run: expected 1 to be 2 // Object.is equality',
      },
    ])
    expect(countsOfVitest(json)).toEqual({ passed: 2, failed: 1, skipped: 0, flaky: 1 })
  }, 60_000)
})

describe('judge', () => {
  const passed = { passed: 7, failed: 0, skipped: 0, flaky: 0 }

  it('lets a clean run pass', () => {
    expect(judge(passed, 0)).toEqual({ counts: passed })
  })

  it('fails a run without a test', () => {
    expect(judge({ ...passed, passed: 0 }, 0)).toMatchObject({
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
