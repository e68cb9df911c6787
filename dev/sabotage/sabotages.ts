/** One edit of a source file: the text must stand there exactly once. */
export interface Edit {
  /** Below `gateway/src/`. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** One check of the gateway, taken out in all the places where it stands. */
export interface Sabotage {
  readonly name: string
  readonly edits: readonly Edit[]
}

export const sabotages: readonly Sabotage[] = [
  {
    name: 'tenant tokens are kept for all sessions together',
    edits: [
      {
        file: 'proxy/tenant-token-cache.ts',
        find: 'session.tenantTokens.set(dashboard, signed)',
        replace: 'shared.set(dashboard, signed)',
      },
      {
        file: 'proxy/tenant-token-cache.ts',
        find: 'session.tenantTokens.get(dashboard)',
        replace: 'shared.get(dashboard)',
      },
      {
        file: 'proxy/tenant-token-cache.ts',
        find: 'export function createTenantTokenCache(signer: TokenSigner) {',
        replace:
          'export function createTenantTokenCache(signer: TokenSigner) {\n  const shared: LiveSession["tenantTokens"] = new Map()',
      },
    ],
  },
  {
    name: 'a page of another tenant may go on asking',
    edits: [
      {
        file: 'tenant/active-tenant.ts',
        find: 'if (contradicts(activeTenantId, repeated(tenantHeader, queryKeys.tenant)))',
        replace: 'if (contradicts(activeTenantId, undefined))',
      },
    ],
  },
  {
    name: 'tenant tokens never end',
    edits: [
      {
        file: 'keys/tenant-token.ts',
        find: '          clockTolerance,\n',
        replace: '          clockTolerance: 1e9,\n',
      },
      {
        file: 'keys/tenant-token.ts',
        find: '          maxTokenAge: longestTokenLife,\n',
        replace: '',
      },
    ],
  },
  {
    name: 'tenant tokens for others are taken',
    edits: [{ file: 'keys/tenant-token.ts', find: '          audience,\n', replace: '' }],
  },
  {
    name: 'the data API does not ask whether the session has ended',
    edits: [
      {
        file: 'internal-app.ts',
        find: 'if (!(await isSessionLive(claims.sid))) {',
        replace: 'if (claims.sid === "" && !(await isSessionLive(claims.sid))) {',
      },
    ],
  },
  {
    name: 'the data API does not ask whether the dashboard is assigned',
    edits: [
      {
        file: 'internal-app.ts',
        find: 'find((assigned) => assigned.slug === slug)',
        replace:
          'find((assigned) => assigned.slug === slug) ?? directory.dashboardsOf(tenantId)[0]',
      },
    ],
  },
  {
    name: 'a tenant token that a client sends reaches the app',
    edits: [
      {
        file: 'proxy/request-headers.ts',
        find: "'x-tenant-token': identity.tenantToken,",
        replace: "'x-tenant-token': String(headers['x-tenant-token'] ?? identity.tenantToken),",
      },
    ],
  },
  {
    name: 'of several session cookies the last one counts',
    edits: [
      {
        file: 'session/session-cookie.ts',
        find: "return values.length === 1 && values[0] !== '' ? values[0] : undefined",
        replace: 'return values.at(-1) || undefined',
      },
    ],
  },
  {
    name: 'the data API takes the tenant from a header',
    edits: [
      {
        file: 'internal-app.ts',
        find: 'const { tenant, dashboard } = stillAllowed(claims, directory)',
        replace:
          "const tenantId = c.req.header('X-Tenant-Id') ?? claims.tenantId\n    const { tenant, dashboard } = stillAllowed({ ...claims, tenantId }, directory)",
      },
    ],
  },
]
