import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TLSSocket } from 'node:tls'
import { createAdminApp } from './admin-app.ts'
import { verifyAccessToken } from './admin/access-token.ts'
import { watchHandshake } from './admin/handshake.ts'
import { requireOperator } from './admin/operator.ts'
import { createProviderKeys } from './admin/provider-keys.ts'
import { createRateLimits } from './admin/rate-limit.ts'
import { createRefusalLog } from './admin/refusal-log.ts'
import type { Config } from './config.ts'
import { discoveryUrlOf } from './config/admin.ts'
import { intake } from './edge/intake.ts'
import { requestId } from './edge/request-id.ts'
import type { Foundation } from './foundation.ts'
import type { Logger } from './observability/logger.ts'
import type { Renewals } from './processes/renewal.ts'
import type { Listener } from './servers.ts'

/** Checks access tokens for the admin API; asks the provider for nothing before there is one. */
function tokenVerifier(config: Config) {
  const issuer = config.ADMIN_TOKEN_ISSUER ?? config.OIDC_ISSUER
  const checks = {
    keys: createProviderKeys({
      issuer,
      discoveryUrl: discoveryUrlOf(config),
      allowInsecure: config.INSECURE_HTTP_ISSUER,
    }),
    issuer,
    // Present in every mode that asks for a token: the settings are checked.
    audience: config.ADMIN_TOKEN_AUDIENCE ?? '',
    role: config.ADMIN_TOKEN_ROLE,
    clients: config.ADMIN_TOKEN_CLIENTS,
  }
  return (token: string, thumbprint: string | undefined) =>
    verifyAccessToken(token, thumbprint, checks)
}

function fileOf(setting: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new Error(`${setting} names a file that cannot be read: ${path}`, { cause })
  }
}

/** TLS takes a CA file without a certificate in silence: whether that is safe is not ours to guess. */
function certificatesIn(setting: string, path: string): Buffer {
  const pem = fileOf(setting, path)
  try {
    void new X509Certificate(pem)
  } catch (cause) {
    throw new Error(`${setting} names a file without a certificate (PEM): ${path}`, { cause })
  }
  return pem
}

/** Reads the CA of client certificates again, and takes it for those who connect from now on. */
export function renewAuthority(
  { ADMIN_CERT_FILE: cert, ADMIN_CA_FILE: ca }: Config,
  renew: (listener: string, ca: Buffer) => void,
): Renewals {
  if (cert === undefined || ca === undefined) return {}
  return {
    'CA of client certificates': async () => renew('admin', certificatesIn('ADMIN_CA_FILE', ca)),
  }
}

/**
 * Creates what only the admin listener needs, and the listener; without the files that make it safe
 * there is none.
 *
 * @throws when one of the files cannot be read, or is not what it should be
 */
export function composeAdmin(config: Config, foundation: Foundation, logger: Logger): Listener[] {
  const { ADMIN_CERT_FILE: cert, ADMIN_KEY_FILE: key, ADMIN_CA_FILE: ca } = config
  if (cert === undefined || key === undefined) return []
  const { database, audit, keyRings, report } = foundation
  const refusals = createRefusalLog({
    audit,
    onFault: (error) => logger.error('a refused operator could not be recorded', { error }),
  })
  const app = createAdminApp({
    database,
    audit,
    keyRings,
    requireOperator: requireOperator({
      auth: config.ADMIN_AUTH,
      allowedSubjects: config.ADMIN_CLIENT_SUBJECTS,
      verifyToken: tokenVerifier(config),
      limits: createRateLimits(config.ADMIN_REQUESTS_PER_MINUTE),
      refusals,
    }),
    access: {
      auth: config.ADMIN_AUTH,
      discoveryUrl: discoveryUrlOf(config),
      audience: config.ADMIN_TOKEN_AUDIENCE,
      role: config.ADMIN_TOKEN_ROLE,
    },
    edge: [requestId(), foundation.log('admin')],
    intake: intake(),
    report,
  })
  const tls = {
    cert: certificatesIn('ADMIN_CERT_FILE', cert),
    key: fileOf('ADMIN_KEY_FILE', key),
    ...(ca === undefined ? {} : { ca: certificatesIn('ADMIN_CA_FILE', ca) }),
    watch(socket: TLSSocket) {
      const refused = watchHandshake(socket)
      return (error: Error) => void refusals.record(refused(error))
    },
  }
  return [{ name: 'admin', address: config.ADMIN_LISTEN, app, tls }]
}
