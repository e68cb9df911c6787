import { accountPage } from '@dashgate/web/views/account-page.ts'
import { dashboardPage } from '@dashgate/web/views/dashboard-page.ts'
import { homePage } from '@dashgate/web/views/home-page.ts'
import { logoutPage } from '@dashgate/web/views/logout-page.ts'
import { signedInPage } from '@dashgate/web/views/signed-in-page.ts'
import type { Context } from 'hono'
import type { GatewayEnv } from '../request-context.ts'
import type { NewestOf } from '../data/freshness.ts'
import type { MarkStore } from '../marks/mark-store.ts'
import { type LiveSession, timeLeft } from '../session/live-session.ts'
import type { OwnSessionsStore } from '../session/own-sessions-store.ts'
import { mayActFor } from '../session/principal.ts'
import type { SessionCookies } from '../session/session-cookie.ts'
import type { TenantDirectory } from '../tenant/directory.ts'
import type { Dashboard } from '../tenant/tenant.ts'
import type { ViewStore } from '../preferences/view-store.ts'
import type { ShellAssets } from './assets.ts'
import { homeDashboards } from './home-model.ts'
import { activeTenant, pageSender } from './send-page.ts'
import { openingWith } from './opening-view.ts'
import { settingsOf } from './settings-cookie.ts'
import { brandOf, pageOf, personOf, signInsOf, tenantsOf } from './view-models.ts'

export interface ShellDependencies {
  readonly assets: ShellAssets
  readonly directory: TenantDirectory
  readonly cookies: Pick<SessionCookies, 'only' | 'csrfToken'>
  readonly ownSessions: Pick<OwnSessionsStore, 'list'>
  /** What staff see who have chosen no tenant yet. */
  readonly chooser: (c: Context<GatewayEnv>, returnTo: string) => Promise<Response>
  readonly marks: Pick<MarkStore, 'list' | 'noteOpened'>
  /** When the newest of a tenant's data were written, as far as that is known. */
  readonly newestDataOf: NewestOf
  readonly onMarkFault: (error: unknown) => void
  readonly views: Pick<ViewStore, 'list' | 'listOwn'>
  /** Whom people ask who cannot go on. */
  readonly contact: string
  /** Told when the views could not be read: the dashboard is shown without them. */
  readonly onFault: (error: unknown) => void
  /** Origins where the provider may end its session: `POST /logout` is redirected there. */
  readonly formTargets: readonly string[]
  /** URLs of what a page of a dashboard has asked for before, beside the files that it names. */
  readonly lateScriptsOf: (
    tenantId: string,
    dashboard: Dashboard,
    path: string,
  ) => readonly string[]
}

const ownerOf = ({ principal: { issuer, sub } }: LiveSession, tenantId: string) => ({
  tenantId,
  issuer,
  sub,
})

/** The shell's own pages, and `/session` for its scripts. */
export function shellPages({
  assets,
  directory,
  cookies,
  ownSessions,
  chooser,
  marks,
  newestDataOf,
  onMarkFault,
  views,
  contact,
  onFault,
  formTargets,
  lateScriptsOf,
}: ShellDependencies) {
  const html = pageSender(formTargets)

  /** A dashboard is worth more than its views. */
  async function viewsOf(c: Context<GatewayEnv>) {
    const { issuer, sub } = c.get('session').principal
    const tenantId = c.get('tenant').id
    try {
      return await views.list({ tenantId, issuer, sub, dashboard: c.get('dashboard').slug })
    } catch (error) {
      onFault(error)
      return undefined
    }
  }

  async function ownViewsOf(c: Context<GatewayEnv>, tenantId: string) {
    const { issuer, sub } = c.get('session').principal
    try {
      const own = await views.listOwn({ tenantId, issuer, sub })
      const titles = new Map(
        directory.dashboardsOf(tenantId).map(({ slug, title }) => [slug, title]),
      )
      return own.map(({ id, name, dashboard: slug }) => {
        return { id, name, slug, dashboard: titles.get(slug) ?? slug }
      })
    } catch (error) {
      onFault(error)
      return undefined
    }
  }

  return {
    /** GET /: the tenant's dashboards; staff without a tenant choose one first. */
    async home(c: Context<GatewayEnv>): Promise<Response> {
      const session = c.get('session')
      if (session.activeTenantId === undefined) return chooser(c, '/')
      const tenant = activeTenant(c, directory)
      c.set('tenant', tenant)
      const dashboards = directory.dashboardsOf(tenant.id)
      const query = (c.req.query('q') ?? '').slice(0, 100)
      const [own, newest] = await Promise.all([
        marks.list(ownerOf(session, tenant.id)),
        newestDataOf(tenant.storagePrefix),
      ])
      return html(
        c,
        homePage({
          page: pageOf(c, assets),
          person: personOf(session, directory),
          brand: brandOf(tenant),
          dashboards: homeDashboards(dashboards, own, query),
          total: dashboards.length,
          query,
          now: session.now(),
          ...(newest === undefined ? {} : { dataFrom: newest.getTime() }),
        }),
      )
    },

    /** The page around a dashboard; its frame asks for the same address and gets the app. */
    async dashboard(c: Context<GatewayEnv>): Promise<Response> {
      const dashboard = c.get('dashboard')
      const { slug, title } = dashboard
      c.header('Vary', 'Sec-Fetch-Dest')
      // Nobody waits for it, and a dashboard opens without it.
      marks.noteOpened(ownerOf(c.get('session'), c.get('tenant').id), slug).catch(onMarkFault)
      const [listed, newest] = await Promise.all([
        viewsOf(c),
        newestDataOf(c.get('tenant').storagePrefix),
      ])
      const opening = openingWith(c.get('target'), slug, listed ?? [])
      const { path } = opening
      return html(
        c,
        dashboardPage({
          page: pageOf(c, assets),
          person: personOf(c.get('session'), directory),
          brand: brandOf(c.get('tenant')),
          dashboard: { slug, title },
          framePath: path + opening.query,
          ...(listed === undefined ? {} : { views: { listed, ...opening.view } }),
          contact,
          ...(newest === undefined ? {} : { dataAt: newest.getTime() }),
          lateScripts: lateScriptsOf(c.get('tenant').id, dashboard, path),
        }),
      )
    },

    /** GET /account: where a person is signed in, and the way to end that. */
    async account(c: Context<GatewayEnv>): Promise<Response> {
      const session = c.get('session')
      const tenant = directory.tenant(session.activeTenantId ?? '')
      const done = c.req.query('done')
      const own = tenant && (await ownViewsOf(c, tenant.id))
      const listed = await ownSessions.list(session.principal, session.idHash)
      return html(
        c,
        accountPage({
          page: pageOf(c, assets),
          person: personOf(session, directory),
          ...(tenant ? { brand: brandOf(tenant) } : {}),
          signIns: signInsOf(session, listed, directory),
          now: session.now(),
          ...(own === undefined ? {} : { views: own }),
          hasChosenLanguage: settingsOf(c.env.incoming.headers).hasChosenLanguage,
          ...(done === 'ended' || done === 'saved' || done === 'views' ? { done } : {}),
        }),
      )
    },

    /** GET /logout: a button, or the word that it is done. */
    logout(c: Context<GatewayEnv>): Response {
      const session = c.get('session')
      return html(
        c,
        logoutPage({
          page: pageOf(c, assets),
          ...(session ? { person: personOf(session, directory) } : {}),
        }),
      )
    },

    /**
     * GET /signed-in: where a sign-in in a pop-up ends; the page that opened it goes on by itself.
     * Staff who were at work for a tenant are asked to go on with that one.
     */
    signedIn(c: Context<GatewayEnv>): Response {
      const session = c.get('session')
      const wanted = directory.tenant(c.req.query('tenant') ?? '')
      const isOther = wanted !== undefined && wanted.id !== session.activeTenantId
      const own = directory.tenant(session.activeTenantId ?? '')
      return html(
        c,
        signedInPage({
          page: pageOf(c, assets),
          person: personOf(session, directory),
          ...(own ? { brand: brandOf(own) } : {}),
          ...(isOther && wanted.status === 'active' && mayActFor(session.principal, wanted.id)
            ? { goOnFor: { id: wanted.id, displayName: brandOf(wanted).displayName } }
            : {}),
        }),
      )
    },

    /** GET /session: who am I? Nothing of the provider's tokens is in it. */
    session(c: Context<GatewayEnv>): Response {
      const session = c.get('session')
      const { sub, email, role } = session.principal
      const cookie = cookies.only(c.env.incoming.headers.cookie) ?? ''
      c.header('Cache-Control', 'no-store')
      return c.json({
        user: { sub, email },
        role,
        activeTenant: session.activeTenantId ?? null,
        tenants: tenantsOf(session, directory)
          .filter((tenant) => tenant.status === 'active')
          .map(({ id, displayName }) => ({ id, displayName })),
        ...timeLeft(session),
        csrfToken: cookies.csrfToken(cookie),
      })
    },
  }
}
