import { z } from 'zod'
import { parseNetwork } from '../edge/client-address.ts'
import { commaList, seconds, section } from './fields.ts'

const count = (fallback: number) =>
  z.coerce.number({ error: 'must be a number' }).int().min(1).default(fallback)

export const limits = section({
  title: 'Limits and proxies',
  shape: {
    TRUSTED_PROXIES: commaList
      .refine((networks) => networks.every((network) => parseNetwork(network)), {
        error: 'must be networks in CIDR notation, for instance 10.0.0.0/8,fd00::/8',
      })
      .default([])
      .describe(
        'Networks of the proxies in front of the gateway (CIDR, separated by commas). Only from there is `X-Forwarded-For` read: the last address in it that is none of theirs is the client.',
      ),
    SIGN_IN_REQUESTS_PER_MINUTE: count(300).describe(
      'Requests to `/login` and `/auth/callback` that one client address (with IPv6 its /64) may send in a minute; a sign-in takes two. Of back-channel logouts only refused ones count.',
    ),
    TENANT_REQUESTS_PER_MINUTE: count(30_000).describe(
      'Requests that the people of a tenant may send in a minute. This and what follows: for each gateway process, then 429.',
    ),
    USER_REQUESTS_PER_MINUTE: count(3000).describe(
      'Requests that one user may send in a minute, in all sessions together.',
    ),
    APP_REQUESTS_AT_ONCE: count(64).describe(
      'Requests that one app works at at once, of all tenants; about what its server has workers and threads.',
    ),
    TENANT_REQUESTS_AT_ONCE: count(32).describe(
      'Of these, how many may be of one tenant. Below `APP_REQUESTS_AT_ONCE`, or one tenant can keep all others waiting.',
    ),
    USER_REQUESTS_AT_ONCE: count(16).describe('Of these, how many may be of one user.'),
    TURN_WAIT_SECONDS: seconds(5).describe(
      'How long a request over one of these three waits for its turn; then 429.',
    ),
    TENANT_STREAMS: count(1024).describe(
      'WebSockets, and answers that take longer than 5 s to send, that a tenant may have open at once.',
    ),
    USER_STREAMS: count(64).describe('Of these, how many may be of one user.'),
  },
})
