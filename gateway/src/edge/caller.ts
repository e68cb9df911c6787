import { isIPv6 } from 'node:net'

/** Groups of 16 bits at the front of an IPv6 address that one subscriber has (RFC 6177). */
const subscriberGroups = 4

/** IPv4 in IPv6's clothes, as a socket that takes both shows it (RFC 4291 §2.5.5.2). */
const mapped = /^::ffff:(?=\d+\.)/i

function groupsOf(address: string): string[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const front = head === '' ? [] : head.split(':')
  if (tail === undefined) return front
  const back = tail === '' ? [] : tail.split(':')
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back]
}

/**
 * Whom an address stands for when callers are counted: itself, and with IPv6 the whole /64, of which
 * one caller has 2⁶⁴ addresses to take turns with.
 */
export function callerOf(address: string): string {
  const plain = address.replace(mapped, '')
  if (!isIPv6(plain)) return plain
  return `${groupsOf(plain).slice(0, subscriberGroups).join(':')}::/64`
}
