import { BlobServiceClient } from '@azure/storage-blob'
import { SignJWT } from 'jose'
import { Pool } from 'undici'
import { inject } from 'vitest'
import { connectDatabase } from '../../src/db/client.ts'
import { loadKeyRings } from '../../src/keys/key-rings.ts'
import { startCanaryApp } from './canary-app.ts'
import { eventually, operate, signedIn, stack, staffFor } from './stack.ts'
import type { Visitor } from './visitor.ts'

export const tenants = ['acme-corp', 'globex'] as const
export type TenantId = (typeof tenants)[number]
export type Role = 'viewer' | 'staff'

/** What each tenant has in its config, its data and its preferences, and nobody else may see. */
export const canary: Readonly<Record<TenantId, string>> = {
  'acme-corp': 'canary-of-acme-7c1f',
  globex: 'canary-of-globex-93ab',
}
export const other = (tenant: TenantId): TenantId =>
  tenant === 'acme-corp' ? 'globex' : 'acme-corp'

export const slug = 'canary-app'
const cookieName = '__Host-Http-session'
const viewerOf: Record<TenantId, string> = {
  'acme-corp': 'viewer@acme.test',
  globex: 'viewer@globex.test',
}

/** Tokens that were good once, or never, though our own key signed them. */
export const uselessTokens = ['expired', 'ended', 'elsewhere', 'unassigned'] as const
export type UselessToken = (typeof uselessTokens)[number]

const perTenant = async <T>(
  make: (tenant: TenantId) => Promise<T>,
): Promise<Record<TenantId, T>> => ({
  'acme-corp': await make('acme-corp'),
  globex: await make('globex'),
})

async function giveCanary(tenant: TenantId): Promise<void> {
  await operate('POST', `/admin/tenants/${tenant}/dashboards`, {
    slug,
    position: 90,
    config: { note: canary[tenant] },
  })
  await BlobServiceClient.fromConnectionString(stack.blobConnectionString)
    .getContainerClient('processed')
    .getBlockBlobClient(`${tenant}/canary.parquet`)
    .upload(canary[tenant], canary[tenant].length)
}

/** A tab of staff that switches to and fro; one switch at a time, as one person does. */
function createSwitcher(visitor: Visitor) {
  let turn: Promise<unknown> = Promise.resolve()
  const former: string[] = []
  return {
    /** Cookies that a switch has replaced. */
    former,
    inTenant<T>(tenant: TenantId, work: (cookie: string) => Promise<T>): Promise<T> {
      const done = turn.then(async () => {
        former.push(`${cookieName}=${visitor.cookies.get(cookieName)}`)
        await visitor.submit('/tenant', { tenant, return_to: '/' })
        visitor.answers.length = 0
        return work(`${cookieName}=${visitor.cookies.get(cookieName)}`)
      })
      turn = done.catch(() => undefined)
      return done
    },
  }
}

/** Two tenants with a viewer and staff each, and an app that shows all that it can get hold of. */
export async function setScene() {
  const app = await startCanaryApp(stack.internalUrl)
  await operate('PUT', `/admin/dashboards/${slug}`, { title: 'Canary', appUrl: app.url })
  for (const tenant of tenants) await giveCanary(tenant)
  const people = {
    viewer: await perTenant((tenant) => signedIn(viewerOf[tenant])),
    staff: await perTenant(staffFor),
  }
  const layoutOf = (visitor: Visitor, tenant: TenantId) =>
    eventually(
      () => visitor.script(`/dashboard/${slug}/_dash-layout`),
      // Twice: from its config and from its data. What is another's will not get better by waiting.
      ({ text }) => text.split(canary[tenant]).length > 2 || text.includes(canary[other(tenant)]),
    )
  const shown = await perTenant((tenant) => layoutOf(people.viewer[tenant], tenant))
  const tokenOf = (tenant: TenantId) =>
    app.tokens.findLast(({ tenantId }) => tenantId === tenant)?.token ?? ''
  const useless = await perTenant(async (tenant) => {
    const leaving = await signedIn(viewerOf[tenant])
    await layoutOf(leaving, tenant)
    const ended = tokenOf(tenant)
    await leaving.submit('/logout', {})
    // The last token is now that of a session which goes on: nothing else is wrong with the rest.
    await layoutOf(people.viewer[tenant], tenant)
    return { ended, ...(await mintUseless(tokenOf(tenant))) }
  })

  // Few connections, so that users share them.
  const publicPool = new Pool(stack.publicUrl, { connections: 4 })
  const internalPool = new Pool(stack.internalUrl, { connections: 4 })
  return {
    shown,
    tokenOf,
    useless,
    switcher: createSwitcher(await staffFor('acme-corp')),
    cookieOf: (role: Role, tenant: TenantId) =>
      `${cookieName}=${people[role][tenant].cookies.get(cookieName)}`,
    publicPool,
    internalPool,
    async clear(): Promise<void> {
      for (const tenant of tenants) {
        await operate('DELETE', `/admin/tenants/${tenant}/dashboards/${slug}`)
      }
      await Promise.all([publicPool.destroy(), internalPool.destroy(), app.stop()])
    },
  }
}

export type Scene = Awaited<ReturnType<typeof setScene>>

/** Signed with the gateway's own key and like a good token in all but one thing. */
async function mintUseless(good: string): Promise<Record<Exclude<UselessToken, 'ended'>, string>> {
  const claims = JSON.parse(
    Buffer.from(good.split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>
  const database = connectDatabase({ url: stack.appDatabaseUrl, poolSize: 1 })
  const masterKey = Buffer.from(inject('gatewayEnvironment')['MASTER_KEY'] ?? '', 'base64')
  const { kid, privateKey } = (await loadKeyRings(database, masterKey)).signingKey()
  await database.close()
  const now = Math.floor(Date.now() / 1000)
  const sign = (changes: Record<string, unknown>) =>
    new SignJWT({ ...claims, iat: now - 10, exp: now + 600, ...changes })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid })
      .sign(privateKey)
  return {
    expired: await sign({ iat: now - 700, exp: now - 100 }),
    elsewhere: await sign({ aud: 'somebody-else' }),
    unassigned: await sign({ dashboard: 'no-such-dashboard' }),
  }
}
