import type { TenantChoice } from '../tenant/tenant.ts'

/** What fits a screen or two; the rest is found by its name. */
const pageSize = 24

export interface FoundTenants {
  readonly tenants: readonly TenantChoice[]
  readonly total: number
  /** From 1. */
  readonly page: number
  readonly pages: number
}

/** As the directory holds a choice until it is changed, so is what it is found by. */
const folded = new WeakMap<TenantChoice, string>()

/** Without case and accents: "Lodz" finds "Łódź", nearly. */
export const fold = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

function haystackOf(tenant: TenantChoice): string {
  const known = folded.get(tenant)
  if (known !== undefined) return known
  const { id, displayName, branding } = tenant
  const made = fold(` ${displayName} ${branding.displayName ?? ''} ${id}`)
  folded.set(tenant, made)
  return made
}

/**
 * Tenants whose name or id has all the words, those with a word that begins so first.
 *
 * @param page as somebody asked for it; one that does not exist becomes the nearest that does
 */
export function searchTenants(
  tenants: readonly TenantChoice[],
  query: string,
  page: number,
): FoundTenants {
  const words = fold(query.slice(0, 100)).split(/\s+/).filter(Boolean)
  const found = words.length === 0 ? tenants : ranked(tenants, words)
  const pages = Math.max(1, Math.ceil(found.length / pageSize))
  const shown = Math.min(Math.max(1, Math.trunc(page) || 1), pages)
  return {
    tenants: found.slice((shown - 1) * pageSize, shown * pageSize),
    total: found.length,
    page: shown,
    pages,
  }
}

function ranked(tenants: readonly TenantChoice[], words: readonly string[]): TenantChoice[] {
  const first: TenantChoice[] = []
  const others: TenantChoice[] = []
  for (const tenant of tenants) {
    const text = haystackOf(tenant)
    if (!words.every((word) => text.includes(word))) continue
    const isBeginning = words.every((word) => text.includes(` ${word}`))
    ;(isBeginning ? first : others).push(tenant)
  }
  return [...first, ...others]
}
