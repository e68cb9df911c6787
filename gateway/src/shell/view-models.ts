import type { SignIn } from '@dashgate/web/views/account-page.ts'
import type { Brand, Page, Person } from '@dashgate/web/views/page.ts'
import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import { personKey } from '../session/principal.ts'
import { timeLeft, type LiveSession } from '../session/live-session.ts'
import type { OwnSession } from '../session/own-sessions-store.ts'
import { sessionHandle } from '../session/session-handle.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { TenantChoice } from '../tenant/tenant.ts'
import type { ShellAssets } from './assets.ts'
import { settingsOf } from './settings-cookie.ts'

export function pageOf(c: Context<GatewayEnv>, assets: ShellAssets): Page {
  const target = c.get('target')
  const { language, theme } = settingsOf(c.env.incoming.headers)
  return {
    nonce: c.get('nonce'),
    assets: assets.urls[language],
    language,
    theme,
    requestId: c.get('requestId'),
    ...(target ? { returnPath: target.path + target.query } : {}),
  }
}

/** Images that run and fetch nothing when shown in `<img>`; checked again here, whoever wrote the row. */
const logoForm = /^data:image\/(?:png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/=]+$/
const colourForm = /^#[0-9a-fA-F]{6}$/

const colourOf = (colour: string | undefined) =>
  colour !== undefined && colourForm.test(colour) ? colour : undefined

export function brandOf(tenant: TenantChoice): Brand {
  const { logo, colors, displayName } = tenant.branding
  const [primary, accent] = [colourOf(colors?.primary), colourOf(colors?.accent)]
  return {
    tenantId: tenant.id,
    displayName: displayName ?? tenant.displayName,
    ...(logo !== undefined && logoForm.test(logo) ? { logo } : {}),
    ...(primary === undefined ? {} : { primary }),
    ...(accent === undefined ? {} : { accent }),
  }
}

type Tenants = Pick<TenantDirectory, 'tenant' | 'tenants' | 'tenantCount'>

const listed = (ids: readonly string[], directory: Tenants): TenantChoice[] =>
  [...new Set(ids)].flatMap((id) => directory.tenant(id) ?? [])

/** The tenants that a session may act for, suspended ones included, by name. */
export function tenantsOf({ principal }: LiveSession, directory: Tenants): readonly TenantChoice[] {
  return principal.tenants === 'all'
    ? directory.tenants()
    : listed(principal.tenants, directory).toSorted((a, b) =>
        a.displayName.localeCompare(b.displayName),
      )
}

/** Asked with each page, so nothing is listed for it that a hundred thousand would make long. */
const countOf = ({ principal }: LiveSession, directory: Tenants): number =>
  principal.tenants === 'all'
    ? directory.tenantCount()
    : listed(principal.tenants, directory).length

export const personOf = (session: LiveSession, directory: Tenants): Person => ({
  email: session.principal.email,
  key: personKey(session.principal),
  role: session.principal.role,
  canSwitch: session.principal.role === 'admin' && countOf(session, directory) > 1,
  ...timeLeft(session),
})

/** A person's sessions as the one that looks at them may name them. */
export const signInsOf = (
  session: LiveSession,
  listed: readonly OwnSession[],
  directory: Pick<TenantDirectory, 'tenant'>,
): SignIn[] =>
  listed.map(({ idHash, tenantId, userAgent, signedInAt, lastUsedAt }) => {
    const tenant = session.principal.role === 'admin' ? directory.tenant(tenantId ?? '') : undefined
    return {
      handle: sessionHandle(session, idHash),
      isThis: idHash === session.idHash,
      signedInAt,
      lastUsedAt,
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(tenant ? { tenantName: tenant.displayName } : {}),
    }
  })
