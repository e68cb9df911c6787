import { accounts } from '../demo.ts'
import { clientId } from '../gateway-environment.ts'

export const realmName = 'dashgate'

export interface RealmOptions {
  clientSecret: string
  /** Where browsers reach the gateway. */
  publicUrl: string
  /** Where Keycloak itself reaches it. */
  backchannelUrl: string
}

/** Keycloak's realm for the demo: the gateway as a client, the claims that it reads, and the accounts. */
export function realmOf({ clientSecret, publicUrl, backchannelUrl }: RealmOptions) {
  return {
    realm: realmName,
    enabled: true,
    registrationAllowed: false,
    loginWithEmailAllowed: true,
    bruteForceProtected: true,
    // What a token is worth is said at each refresh; five minutes is Keycloak's own default.
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: 28_800,
    ssoSessionMaxLifespan: 86_400,
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          subComponents: {},
          config: { 'kc.user.profile.config': [JSON.stringify({ attributes: userProfile })] },
        },
      ],
    },
    clients: [
      {
        clientId,
        name: 'Dashgate',
        enabled: true,
        protocol: 'openid-connect',
        publicClient: false,
        clientAuthenticatorType: 'client-secret',
        secret: clientSecret,
        standardFlowEnabled: true,
        implicitFlowEnabled: false,
        directAccessGrantsEnabled: false,
        serviceAccountsEnabled: false,
        frontchannelLogout: false,
        redirectUris: [`${publicUrl}/auth/callback`],
        webOrigins: [],
        attributes: {
          'pkce.code.challenge.method': 'S256',
          'post.logout.redirect.uris': `${publicUrl}/logout`,
          'backchannel.logout.url': `${backchannelUrl}/auth/backchannel-logout`,
          'backchannel.logout.session.required': 'true',
        },
        defaultClientScopes: ['basic', 'email'],
        optionalClientScopes: ['offline_access'],
        protocolMappers: [
          claimMapper('tenant_id', false),
          claimMapper('role', false),
          claimMapper('tenants', true),
        ],
      },
    ],
    users: accounts.map(({ login, password, claims }) => ({
      username: login,
      email: login,
      emailVerified: true,
      enabled: true,
      firstName: login.split('@', 1)[0],
      lastName: login.split('@').at(-1),
      credentials: [{ type: 'password', value: password, temporary: false }],
      attributes: Object.fromEntries(
        Object.entries(claims).map(([name, value]) => [name, [value].flat()]),
      ),
    })),
  }
}

const onlyAdmins = { view: ['admin'], edit: ['admin'] }
const everybody = { view: ['admin', 'user'], edit: ['admin', 'user'] }

/** Whoever could edit these three would choose the tenant: nobody but an admin of Keycloak may. */
const userProfile = [
  { name: 'username', permissions: onlyAdmins },
  { name: 'email', permissions: onlyAdmins, validations: { email: {} } },
  { name: 'firstName', permissions: everybody },
  { name: 'lastName', permissions: everybody },
  { name: 'tenant_id', permissions: onlyAdmins },
  {
    name: 'role',
    permissions: onlyAdmins,
    validations: { options: { options: ['viewer', 'admin'] } },
  },
  { name: 'tenants', permissions: onlyAdmins, multivalued: true },
]

function claimMapper(name: string, isList: boolean) {
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-usermodel-attribute-mapper',
    consentRequired: false,
    config: {
      'user.attribute': name,
      'claim.name': name,
      'jsonType.label': 'String',
      multivalued: String(isList),
      'id.token.claim': 'true',
      'access.token.claim': 'false',
      'userinfo.token.claim': 'false',
    },
  }
}
