import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditLine } from '../audit/audit-store.ts'
import { createRefusalLog, type RefusedRequest } from './refusal-log.ts'

const certificate = {
  subject: 'CN=pipeline',
  issuer: 'CN=Test CA',
  fingerprint: 'AA:BB',
  isTrusted: true,
}

const refused = (changes: Partial<RefusedRequest> = {}): RefusedRequest => ({
  reason: 'certificate_missing',
  known: {},
  address: '192.0.2.1',
  requestId: 'r',
  method: 'GET',
  path: '/admin/tenants',
  ...changes,
})

function logOfTest() {
  const lines: AuditLine[] = []
  const faults: unknown[] = []
  let isBroken = false
  let now = 0
  const log = createRefusalLog({
    audit: {
      async record(line) {
        if (isBroken) throw new Error('no database')
        lines.push(line)
      },
    },
    onFault: (error) => faults.push(error),
    now: () => now,
  })
  return {
    lines,
    faults,
    record: (changes?: Partial<RefusedRequest>) => log.record(refused(changes)),
    pass: (seconds: number) => void (now += seconds * 1000),
    breakDown: (broken: boolean) => void (isBroken = broken),
    /** Refusals that the log knows of, one by one or as a number. */
    counted: () =>
      lines.reduce((sum, { detail = {} }) => {
        const { suppressed = 0, suppressedOthers = 0 } = detail as Record<string, number>
        return sum + 1 + suppressed + suppressedOthers
      }, 0),
  }
}

describe('a refusal in the audit log', () => {
  it('says why, whom, from where and for what', async () => {
    const { record, lines } = logOfTest()
    await record({ reason: 'certificate_not_listed', known: { certificate } })
    expect(lines).toEqual([
      {
        action: 'admin.refused',
        actor: { type: 'client', id: 'CN=pipeline' },
        requestId: 'r',
        detail: {
          reason: 'certificate_not_listed',
          address: '192.0.2.1',
          method: 'GET',
          path: '/admin/tenants',
          certificate,
        },
      },
    ])
  })

  it('names as actor only whom a signature names', async () => {
    const { record, lines } = logOfTest()
    const claimed = { ...certificate, isTrusted: false }
    await record({ reason: 'certificate_untrusted', known: { certificate: claimed } })
    await record({ reason: 'token_expired', known: { client: 'pipeline', certificate: claimed } })
    await record()
    expect(lines.map(({ actor }) => actor.id)).toEqual(['unknown', 'pipeline', 'unknown'])
  })

  it('stands once a minute for each reason and caller, with the number of the others', async () => {
    const { record, lines, pass } = logOfTest()
    for (let n = 0; n < 5; n += 1) await record()
    await record({ reason: 'token_missing' })
    await record({ address: '192.0.2.2' })
    pass(61)
    await record()
    expect(lines.map(({ detail }) => [detail?.['reason'], detail?.['suppressed']])).toEqual([
      ['certificate_missing', undefined],
      ['token_missing', undefined],
      ['certificate_missing', undefined],
      ['certificate_missing', 4],
    ])
  })

  it('does not fill the log, whoever sends them', async () => {
    const { record, lines, pass } = logOfTest()
    for (let n = 0; n < 5000; n += 1) await record({ address: `10.0.${n >> 8}.${n & 255}` })
    expect(lines).toHaveLength(60)
    pass(61)
    await record({ address: '10.1.0.0' })
    expect(lines).toHaveLength(61)
    expect(lines.at(-1)?.detail?.['suppressedOthers']).toBeGreaterThan(3900)
  })

  it('is lost by no count', async () => {
    const step = fc.record({
      caller: fc.integer({ min: 0, max: 2500 }),
      seconds: fc.constantFrom(0, 0, 0, 0, 1, 30, 61),
      broken: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const { record, pass, breakDown, counted } = logOfTest()
        for (const { caller, seconds, broken } of steps) {
          breakDown(broken)
          pass(seconds)
          await record({ address: `10.0.${caller >> 8}.${caller & 255}` })
        }
        breakDown(false)
        // Every caller of before comes again, so that each of their numbers is told.
        for (const { caller } of steps) {
          pass(61)
          await record({ address: `10.0.${caller >> 8}.${caller & 255}` })
        }
        expect(counted()).toBe(2 * steps.length)
      }),
    )
  })

  it('that cannot be written is told elsewhere, and counted', async () => {
    const { record, faults, lines, breakDown, pass } = logOfTest()
    breakDown(true)
    await record()
    expect(faults).toHaveLength(1)
    breakDown(false)
    pass(61)
    await record()
    expect(lines[0]?.detail).toMatchObject({ suppressed: 1 })
  })
})
