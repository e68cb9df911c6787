import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { root } from '../paths.ts'
import { countsOfPytest, countsOfVitest, filesOfVitest, judge, sum } from './counts.ts'

describe('counts', () => {
  it('adds up', () => {
    const one = { passed: 1, failed: 2, skipped: 3, flaky: 4 }
    expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6, flaky: 8 })
  })

  it("reads pytest's file, errors as failures", () => {
    const xml =
      '<?xml version="1.0"?><testsuites name="all"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="16" time="1.2">'
    expect(countsOfPytest(xml)).toEqual({ passed: 10, failed: 3, skipped: 3, flaky: 0 })
  })
})

describe("vitest's report", () => {
  // Written by vitest itself, so that another version's report is seen to be different.
  async function reportOf(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'dashgate-report-'))
    const report = join(folder, 'report.json')
    try {
      for (const [name, source] of Object.entries(files)) {
        await writeFile(join(folder, `${name}.test.ts`), source)
      }
      const options = ['--globals', '--reporter=json', `--outputFile.json=${report}`]
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

  const files = {
    some: `
      it('holds', () => {})
      it.todo('is still to be written')
      it.skip('is left out', () => {})
      it('never holds', () => { throw new Error('never') })`,
    begun: `
      beforeAll(() => { throw new Error('no stack') })
      it('is never reached', () => {})`,
    broken: `import './missing.ts'`,
    whole: `it('holds', () => {})`,
  }

  it('tells what each file came to, also one that never came to its tests', async () => {
    const json = await reportOf(files)
    const seen = filesOfVitest(json).map(({ file, ...rest }) => [basename(file, '.test.ts'), rest])
    const none = { passed: 0, failed: 0, skipped: 0, flaky: 0 }
    expect(Object.fromEntries(seen)).toEqual({
      some: {
        hasFailed: true,
        counts: { ...none, passed: 1, failed: 1, skipped: 2 },
        faults: [{ name: 'never holds', fault: 'Error: never' }],
      },
      begun: { hasFailed: true, counts: { ...none, skipped: 1 }, faults: [] },
      broken: { hasFailed: true, counts: none, faults: [] },
      whole: { hasFailed: false, counts: { ...none, passed: 1 }, faults: [] },
    })
    expect(countsOfVitest(json)).toEqual({ passed: 2, failed: 1, skipped: 3, flaky: 0 })
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
