import { createAuthority } from './certificates.ts'
import type { Credentials, GuardedAdmin } from './guarded-admin.ts'

/** What callers have to show, by name. */
const shown: Readonly<Record<string, (admin: GuardedAdmin) => Promise<Credentials>>> = {
  nothing: async () => ({}),
  certificate: async (admin) => ({ certificate: await admin.authority.issue('pipeline') }),
  'certificate that is not listed': async (admin) => ({
    certificate: await admin.authority.issue('somebody'),
  }),
  'certificate of another CA': async () => ({
    certificate: await (await createAuthority('Other CA')).issue('pipeline'),
  }),
  'expired certificate': async (admin) => ({
    certificate: await admin.authority.issue('pipeline', 'localhost', { expired: true }),
  }),
  token: async (admin) => ({ authorization: await admin.issuer.bearer() }),
  "user's token": async (admin) => ({
    authorization: await admin.issuer.bearer({ sub: 'person', client_id: 'dashgate' }),
  }),
  'expired token': async (admin) => ({ authorization: await admin.issuer.bearer({ exp: 1 }) }),
  'token for another audience': async (admin) => ({
    authorization: await admin.issuer.bearer({ aud: 'another' }),
  }),
  'token without the role': async (admin) => ({
    authorization: await admin.issuer.bearer({ scope: 'openid' }),
  }),
  'token that is none': async () => ({ authorization: 'Bearer a.b.c' }),
  password: async () => ({ authorization: 'Basic cGlwZWxpbmU6cHc=' }),
}

/** What somebody shows who has this, or this and that, joined by a plus. */
export async function credentialsOf(admin: GuardedAdmin, what: string): Promise<Credentials> {
  const parts = await Promise.all(what.split(' + ').map(async (one) => shown[one]?.(admin)))
  return Object.assign({}, ...parts) as Credentials
}
