/** For whom the server made this page. */
export interface Identity {
  tenant: string | undefined
  tenantName: string
  user: string | undefined
  /** Names the person to the gateway, in requests that are for nobody else. */
  person?: string | undefined
  canSwitch: boolean
}

export function readIdentity(root: HTMLElement): Identity {
  const { tenant, tenantName, user, person, canSwitch } = root.dataset
  return {
    tenant,
    tenantName: tenantName ?? tenant ?? '',
    user,
    person,
    canSwitch: canSwitch !== undefined,
  }
}

export function currentPath(): string {
  return location.pathname + location.search + location.hash
}

export function signInLink(): string {
  return `/login?return_to=${encodeURIComponent(currentPath())}`
}
