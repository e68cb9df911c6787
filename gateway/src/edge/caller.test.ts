import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { callerOf } from './caller.ts'

describe('callerOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('counts %s as %s', (address, caller) => {
    expect(callerOf(address)).toBe(caller)
  })

  it('counts all addresses of a /64 as one, and others apart', () => {
    const group = fc.integer({ min: 1, max: 0xffff }).map((bits) => bits.toString(16))
    const half = fc.tuple(group, group, group, group).map((groups) => groups.join(':'))
    fc.assert(
      fc.property(half, half, half, (network, one, two) => {
        expect(callerOf(`${network}:${one}`)).toBe(callerOf(`${network}:${two}`))
        expect(callerOf(`${one}:${network}`) === callerOf(`${two}:${network}`)).toBe(one === two)
      }),
    )
  })
})
