/** What a check or a test run came to. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 }

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, counts) => ({
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    }),
    nothing,
  )
}

interface VitestReport {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

export function countsOfVitest(json: string): Counts {
  const report = JSON.parse(json) as VitestReport
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** From pytest's JUnit file, whose one <testsuite> carries the numbers. */
export function countsOfPytest(xml: string): Counts {
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? ''
  const number = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0)
  const failed = number('failures') + number('errors')
  const skipped = number('skipped')
  return { passed: number('tests') - failed - skipped, failed, skipped }
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
