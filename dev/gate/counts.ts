import { basename } from 'node:path'

/** What a check or a test run came to. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** Of the passed ones: those that failed at first, and passed when they were run again. */
  flaky: number
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0, flaky: 0 }

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, counts) => ({
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
      flaky: total.flaky + counts.flaky,
    }),
    nothing,
  )
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: readonly {
    name: string
    assertionResults: readonly {
      fullName: string
      status: string
      failureMessages: readonly string[]
    }[]
  }[]
}

/** A test that passed, but not at once. */
export interface FlakyTest {
  file: string
  name: string
  /** What it said when it failed. */
  fault: string
}

/** Vitest tells a test that needed a retry by nothing but what its failed run left behind. */
export function flakyOfVitest(json: string): FlakyTest[] {
  const { testResults } = JSON.parse(json) as VitestReport
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.flatMap(({ fullName, status, failureMessages: [message] }) =>
      status === 'passed' && message !== undefined
        ? [{ file: basename(file), name: fullName, fault: message.split('\n')[0] ?? '' }]
        : [],
    ),
  )
}

export function countsOfVitest(json: string): Counts {
  const report = JSON.parse(json) as VitestReport
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    flaky: flakyOfVitest(json).length,
  }
}

/** From pytest's JUnit file, whose one <testsuite> carries the numbers. */
export function countsOfPytest(xml: string): Counts {
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? ''
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = number('failures') + number('errors')
  const skipped = number('skipped')
  return { passed: number('tests') - failed - skipped, failed, skipped, flaky: 0 }
}

/**
 * The verdict on a run of tests: one that ran nothing, skipped something or ended badly without a
 * failed test has not shown what it is there to show, and counts as one failure.
 */
export function judge(counts: Counts, exitCode: number): { counts: Counts; fault?: string } {
  const fault = faultOf(counts, exitCode)
  if (!fault) return { counts }
  return { counts: { ...counts, failed: Math.max(counts.failed, 1) }, fault }
}

function faultOf(counts: Counts, exitCode: number): string | undefined {
  if (counts.failed > 0) return `${counts.failed} failed`
  if (exitCode !== 0) return `ended with code ${exitCode}`
  if (counts.skipped > 0) return `${counts.skipped} skipped`
  if (counts.passed === 0) return 'ran no test'
  return undefined
}
