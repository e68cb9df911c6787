import { LRUCache } from 'lru-cache'
import { sharedUrl, type AppBuild } from './app-builds.ts'
import type { SharedApp } from './builds.ts'

/** Dashboards of tenants, addresses of their pages, and files of each address that are remembered. */
const mostDashboards = 20_000
const mostPages = 5000
const mostFiles = 24

const keyOf = (tenantId: string, { slug, appUrl }: SharedApp) => `${tenantId} ${slug} ${appUrl}`

/**
 * Which late files (chunks, plotly.js) browsers asked for on a page, so that the next one is told of
 * them before its own scripts can be. Each tenant has its own memory: what one tenant's people were
 * shown is not told to another's.
 */
export function createFirstLoads() {
  const builds = new LRUCache<string, string>({ max: mostDashboards })
  const pages = new LRUCache<string, Set<string>>({ max: mostPages })

  return {
    /** A page of the app was made for the tenant. */
    pageServed(tenantId: string, app: SharedApp, { build }: AppBuild): void {
      builds.set(keyOf(tenantId, app), build)
    },

    /** A page at this path, without a query, has asked for a file that it does not name. */
    lateFile(tenantId: string, pagePath: string, build: string, file: string): void {
      const key = `${tenantId} ${build} ${pagePath}`
      const files = pages.get(key) ?? new Set()
      if (files.size < mostFiles) files.add(file)
      pages.set(key, files)
    },

    /** URLs of the late files of a page, as far as they are known. */
    urlsFor(tenantId: string, app: SharedApp, pagePath: string): readonly string[] {
      const build = builds.get(keyOf(tenantId, app))
      if (build === undefined) return []
      const files = pages.get(`${tenantId} ${build} ${pagePath}`) ?? []
      return [...files].map((file) => sharedUrl(build, file))
    },
  }
}

export type FirstLoads = ReturnType<typeof createFirstLoads>
