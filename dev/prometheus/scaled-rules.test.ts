import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { scaleRules } from './scaled-rules.ts'

it('shortens windows and waits, and leaves names and thresholds alone', () => {
  const rules = `groups:
  - name: g
    rules:
      - alert: Slow
        expr: rate(x:ratio_1h[1h]) > 14 * 86400 and rate(x[5m]) > 0
        for: 10m`
  expect(parse(scaleRules(rules, 120))).toEqual({
    groups: [
      {
        name: 'g',
        rules: [
          {
            alert: 'Slow',
            expr: 'rate(x:ratio_1h[30s]) > 14 * 86400 and rate(x[4s]) > 0',
            for: '5s',
          },
        ],
      },
    ],
  })
})
