/** What a check or a test run came to. */
export interface Counts {
  passed: number
  failed: number
  skipped: number
  /** How many failed at first, and passed when they were run again. */
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
  testResults: readonly {
    name: string
    status: string
    assertionResults: readonly {
      fullName: string
      status: string
      failureMessages: readonly string[]
    }[]
  }[]
}

/** Of a file: one that failed before its first test has counts of nothing, and is still a failed one. */
export interface FileCounts {
  file: string
  hasFailed: boolean
  counts: Counts
  /** What each test said that failed. */
  faults: readonly { name: string; fault: string }[]
}

export function filesOfVitest(json: string): FileCounts[] {
  const { testResults } = JSON.parse(json) as VitestReport
  return testResults.map(({ name: file, status, assertionResults }) => {
    const count = (wanted: string) =>
      assertionResults.filter((result) => result.status === wanted).length
    const passed = count('passed')
    const failed = count('failed')
    return {
      file,
      hasFailed: status === 'failed',
      counts: { passed, failed, skipped: assertionResults.length - passed - failed, flaky: 0 },
      faults: assertionResults
        .filter((result) => result.status === 'failed')
        .map(({ fullName, failureMessages: [message = ''] }) => ({
          name: fullName,
          fault: message.split('\n')[0] ?? '',
        })),
    }
  })
}

export const countsOfVitest = (json: string): Counts =>
  sum(filesOfVitest(json).map(({ counts }) => counts))

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
