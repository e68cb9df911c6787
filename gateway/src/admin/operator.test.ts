import { describe, expect, it } from 'vitest'
import { certificateNames } from './operator.ts'

const subject = (fields: Record<string, unknown>) => fields as never

describe('certificateNames', () => {
  it('are the common name and the DNS names', () => {
    expect(
      certificateNames({
        subject: subject({ CN: 'pipeline' }),
        subjectaltname: 'DNS:pipe.example, IP Address:192.0.2.1, DNS:b.example',
      }),
    ).toEqual(['pipeline', 'pipe.example', 'b.example'])
  })

  it('leave out a subject with several common names, which another CA tool may read differently', () => {
    expect(certificateNames({ subject: subject({ CN: ['pipeline', 'evil'] }) })).toEqual([])
  })

  // A name in quotes may hold a comma: node writes such a name as JSON (CVE-2021-44532).
  it('do not take a quoted name apart', () => {
    expect(
      certificateNames({
        subject: subject({}),
        subjectaltname: 'DNS:"evil.example, DNS:pipeline"',
      }),
    ).not.toContain('pipeline')
  })

  it('are none for a certificate without a subject', () => {
    expect(certificateNames({ subject: subject({}) })).toEqual([])
  })
})
