import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { clientAddresses, parseNetwork, plainAddress } from './client-address.ts'

const request = (remoteAddress: string | undefined, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: {
      ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
      forwarded: 'for=6.6.6.6',
      'x-real-ip': '6.6.6.6',
      x_forwarded_for: '6.6.6.6',
    },
  }) as unknown as IncomingMessage

const trustedProxies = ['10.0.0.0/8', 'fd00::/8', '192.0.2.7']
const find = clientAddresses({ trustedProxies })

describe('the client address (V38, V16, V4)', () => {
  it.each([
    ['a client that speaks to us itself', '203.0.113.9', undefined, '203.0.113.9'],
    ['what such a client claims', '203.0.113.9', '10.0.0.1', '203.0.113.9'],
    ['IPv4 in IPv6’s clothes as IPv4', '::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['one of our proxies, mapped too', '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['a mapped client behind it', '10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a mapped client in hexadecimal', '10.0.0.1', '::ffff:cb00:7109', '203.0.113.9'],
    ['the last that is not ours', '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
    ['not what the client put before', '10.0.0.1', '127.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['IPv6 in one spelling', '10.0.0.1', '2001:DB8:0:0::1', '2001:db8::1'],
    ['IPv6 with a zone', 'fd00::5%eth0', '2001:db8::1', '2001:db8::1'],
    ['a proxy that adds the port', '10.0.0.1', '203.0.113.9:4711', '203.0.113.9'],
    ['one that adds brackets', '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['a chain of our own proxies', '192.0.2.7', '10.0.0.2, fd00::1', '10.0.0.2'],
    ['a proxy of ours that says nothing', '10.0.0.1', undefined, '10.0.0.1'],
    ['a proxy that does not know', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['a name', '10.0.0.1', 'localhost', '10.0.0.1'],
    ['octets with zeros before', '10.0.0.1', '0127.0.0.1', '10.0.0.1'],
    ['octets over 255', '10.0.0.1', '203.0.113.256', '10.0.0.1'],
    ['a short form', '10.0.0.1', '127.1', '10.0.0.1'],
    ['a number', '10.0.0.1', '2130706433', '10.0.0.1'],
    ['hexadecimal', '10.0.0.1', '0x7f.0.0.1', '10.0.0.1'],
    ['an empty list', '10.0.0.1', '', '10.0.0.1'],
    ['an empty last item', '10.0.0.1', '203.0.113.9,', '10.0.0.1'],
    ['a socket without an address', undefined, '203.0.113.9', 'unknown'],
  ])('of %s (%s, %s) is %s', (_, peer, forwarded, expected) => {
    expect(find(request(peer, forwarded))).toBe(expected)
  })

  it('takes nobody’s word where no proxy is configured, and says so once', () => {
    const onUntrusted = vi.fn<(peer: string) => void>()
    const own = clientAddresses({ trustedProxies: [], onUntrusted })
    for (const peer of ['127.0.0.1', '::1', '10.0.0.1']) {
      expect(own(request(peer, '203.0.113.9'))).toBe(peer)
    }
    expect(onUntrusted.mock.calls).toEqual([['127.0.0.1']])
  })

  const address = fc.oneof(fc.ipV4(), fc.ipV6())
  const isOurs = (text: string) => {
    const plain = plainAddress(text) ?? ''
    return find(request(plain, '255.0.0.1')) === '255.0.0.1'
  }
  const foreign = address.filter((one) => !isOurs(one))

  it('whatever a client claims before it, is where our proxy saw it', () => {
    const claim = fc.oneof(
      address,
      fc.string(),
      fc.constantFrom('10.0.0.9', '127.0.0.1', 'unknown', ','),
    )
    const ours = fc.array(fc.constantFrom('10.3.2.1', 'fd00::9', '::ffff:10.0.0.3'), {
      maxLength: 5,
    })
    fc.assert(
      fc.property(fc.array(claim), foreign, ours, (claims, client, proxies) => {
        const forwarded = [...claims, client, ...proxies].join(', ')
        expect(find(request('10.0.0.1', forwarded))).toBe(plainAddress(client))
      }),
    )
  })

  it('is always an address in its one spelling, whatever is sent', () => {
    fc.assert(
      fc.property(address, fc.string(), (peer, forwarded) => {
        const found = find(request(peer, forwarded))
        expect(plainAddress(found)).toBe(found)
      }),
    )
  })

  it('costs no more for a list without end', () => {
    const long = Array.from({ length: 2000 }, () => '10.0.0.1').join(',')
    expect(find(request('10.0.0.1', `203.0.113.9,${long}`))).toBe('10.0.0.1')
  })
})

describe('parseNetwork (V38)', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0', 8]],
    ['10.0.0.1', ['10.0.0.1', 32]],
    ['fd00::/8', ['fd00::', 8]],
    ['::1', ['::1', 128]],
    ['0.0.0.0/0', ['0.0.0.0', 0]],
  ])('reads %s', (text, network) => {
    expect(parseNetwork(text)).toEqual(network)
  })

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0/8',
    '010.0.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '::/129',
    'fe80::1%eth0',
    '10.0.0.0/-1',
    '*',
  ])('refuses %j', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })
})
