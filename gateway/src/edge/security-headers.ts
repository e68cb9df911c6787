import { stage } from '../stage.ts'
import { addHeaders } from './add-headers.ts'
import { randomHex } from './random-hex.ts'

/** Directive and sources, in the order in which they are sent. */
type Policy = readonly (readonly [directive: string, ...sources: string[]])[]

type PolicyException = Readonly<Record<string, readonly string[] | undefined>>

const written = (policy: Policy) => policy.map((directive) => directive.join(' ')).join('; ')

/**
 * Policy of the shell's own pages: our files only, no inline script at all.
 *
 * @param formTargets where a form may end up: browsers hold the redirect after `POST /logout` to it
 */
export const shellPolicy = (nonce: string, formTargets: readonly string[] = []) =>
  written([
    ['default-src', "'none'"],
    ['script-src', "'self'"],
    ['style-src', "'self'", `'nonce-${nonce}'`],
    ['img-src', "'self'", 'data:'],
    ['font-src', "'self'"],
    ['connect-src', "'self'"],
    ['frame-src', "'self'"],
    ['form-action', "'self'", ...formTargets],
    ['frame-ancestors', "'self'"],
    ['base-uri', "'none'"],
    ['object-src', "'none'"],
  ])

/**
 * Policy of an app's pages. Bundles of Dash make `<style>` elements at run time, which the frame
 * script gives the nonce; heat maps of plotly.js need style attributes (measured: blurred without);
 * maplibre starts its worker from a blob. `'unsafe-eval'` is not needed: see `proxy/strict-plotly.ts`.
 *
 * @param exceptions sources that the configuration adds for this dashboard, by directive
 */
export const appPolicy = (nonce: string, exceptions: PolicyException = {}) =>
  written(
    appDirectives(nonce).map(([directive, ...sources]) => [
      directive,
      ...sources,
      ...(exceptions[directive] ?? []),
    ]),
  )

const appDirectives = (nonce: string): Policy => [
  ['default-src', "'none'"],
  ['script-src', "'self'", `'nonce-${nonce}'`],
  ['style-src-elem', "'self'", `'nonce-${nonce}'`],
  ['style-src-attr', "'unsafe-inline'"],
  ['img-src', "'self'", 'data:', 'blob:'],
  ['media-src', "'self'", 'data:', 'blob:'],
  ['font-src', "'self'", 'data:'],
  ['connect-src', "'self'"],
  ['worker-src', "'self'", 'blob:'],
  ['frame-src', "'self'"],
  ['form-action', "'self'"],
  ['frame-ancestors', "'self'"],
  ['base-uri', "'none'"],
  ['object-src', "'none'"],
]

/**
 * Headers that every answer of the public listener carries (ASVS V3.4). The policy is the strictest
 * one; pages replace it by their own.
 *
 * @param secure whether the gateway is reached over TLS: only then does HSTS mean anything
 */
export function baseSecurityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy':
      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms (Fetch §3.2), which
    // the check for forged requests refuses.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

export function securityHeaders(secure: boolean) {
  const headers = Object.entries(baseSecurityHeaders(secure))
  return stage(
    function securityHeaders(c) {
      c.set('nonce', randomHex(16))
    },
    (c) => addHeaders(c, headers),
  )
}
