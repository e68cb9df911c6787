import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv4, SocketAddress, type Socket } from 'node:net'

/** Proxies in a row that are believed; a chain of our own is shorter. */
const maxHops = 16

/** IPv4 in IPv6's clothes, as a socket that takes both shows it (RFC 4291 §2.5.5.2). */
const mapped = /^::ffff:(?=\d+\.)/

/**
 * One spelling for each address: IPv6 as RFC 5952 writes it, without a zone, and IPv4 as IPv4. What
 * is no address in full (`0127.0.0.1`, `127.1`, `unknown`) is none.
 */
export function plainAddress(text: string): string | undefined {
  const address = text.replace(/%.*$/, '')
  if (isIPv4(address)) return address
  if (isIP(address) !== 6) return undefined
  return new SocketAddress({ address, family: 'ipv6' }).address.replace(mapped, '')
}

/** An item of `X-Forwarded-For`; some proxies add the port, and then brackets to IPv6 (RFC 7239 §6). */
function itemAddress(item: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(item)
  if (bracketed) return plainAddress(bracketed[1] ?? '')
  return plainAddress(/^[\d.]+:\d{1,5}$/.test(item) ? item.slice(0, item.indexOf(':')) : item)
}

/** A network in CIDR notation, or one address; `undefined` for what is neither. */
export function parseNetwork(text: string): readonly [address: string, prefix: number] | undefined {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  const bits = family === 4 ? 32 : 128
  if (family === 0 || address.includes('%') || more.length > 0) return undefined
  if (prefix === undefined) return [address, bits]
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits ? [address, Number(prefix)] : undefined
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const parsed = parseNetwork(network)
    if (!parsed) throw new TypeError(`${network} is no network`)
    const [address, prefix] = parsed
    list.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return list
}

function membership(networks: readonly string[]): (address: string) => boolean {
  const list = listOf(networks)
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** Whether what holds the connection of a request is a proxy of our own. */
export function trustedPeers(trustedProxies: readonly string[]) {
  const isTrusted = membership(trustedProxies)
  return function isTrustedPeer({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
    const address = plainAddress(socket.remoteAddress ?? '')
    return address !== undefined && isTrusted(address)
  }
}

export interface ClientAddressOptions {
  /** Networks of our own proxies, in CIDR notation; what anybody else says of addresses is not read. */
  readonly trustedProxies: readonly string[]
  /** Told once of a peer that is not trusted and sends `X-Forwarded-For`. */
  readonly onUntrusted?: (peer: string) => void
}

/**
 * Finds whom a request comes from. `X-Forwarded-For` is read from its end, where the nearest proxy
 * wrote: the first address that is not one of our proxies is the client. Whatever stands before it
 * the client may have made up. `Forwarded` and `X-Real-IP` are not read at all.
 */
export function clientAddresses({ trustedProxies, onUntrusted }: ClientAddressOptions) {
  const isTrusted = membership(trustedProxies)
  const peers = new WeakMap<Socket, { readonly address: string; readonly believed: boolean }>()
  let told = false

  /** The same for all requests of a connection. */
  function peerOf(socket: Socket) {
    const known = peers.get(socket)
    if (known) return known
    const address = plainAddress(socket.remoteAddress ?? '')
    const peer = {
      address: address ?? 'unknown',
      believed: address !== undefined && isTrusted(address),
    }
    peers.set(socket, peer)
    return peer
  }

  return function clientAddress({ socket, headers }: IncomingMessage): string {
    const { address: peer, believed } = peerOf(socket)
    const forwarded = headers['x-forwarded-for']
    if (forwarded === undefined) return peer
    if (!believed) {
      if (!told) onUntrusted?.(peer)
      told = true
      return peer
    }
    return firstUntrusted(peer, String(forwarded), isTrusted)
  }
}

function firstUntrusted(
  peer: string,
  forwarded: string,
  isTrusted: (address: string) => boolean,
): string {
  let nearest = peer
  let end = forwarded.length
  for (let hop = 0; hop < maxHops && end >= 0; hop += 1) {
    const comma = end === 0 ? -1 : forwarded.lastIndexOf(',', end - 1)
    const address = itemAddress(forwarded.slice(comma + 1, end).trim())
    // A proxy of ours that does not know says nothing about who was before it.
    if (address === undefined) return nearest
    if (!isTrusted(address)) return address
    nearest = address
    end = comma
  }
  return nearest
}

export type ClientAddresses = ReturnType<typeof clientAddresses>
