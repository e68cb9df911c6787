import { join } from 'node:path'
import { type CertificateFiles, operatorName } from './certificates.ts'
import type { Secrets } from './secrets.ts'
import type { StackInfo } from './stack-info.ts'

export const clientId = 'dashgate'

/** The settings with which a gateway fits into the stack. */
export function gatewayEnvironment(
  info: StackInfo,
  secrets: Secrets,
  certificates: CertificateFiles,
  directory: string,
): Record<string, string> {
  return {
    PUBLIC_URL: info.publicUrl,
    PUBLIC_LISTEN: addressOf(info.publicUrl),
    ...(info.publicUrl.startsWith('https:')
      ? { PUBLIC_CERT_FILE: certificates.serverCert, PUBLIC_KEY_FILE: certificates.serverKey }
      : {}),
    INTERNAL_LISTEN: addressOf(info.internalUrl),
    ADMIN_LISTEN: addressOf(info.adminUrl),
    OPS_LISTEN: addressOf(info.opsUrl),
    DATABASE_URL: info.appDatabaseUrl,
    MASTER_KEY: secrets.masterKey,
    OIDC_ISSUER: info.issuer,
    OIDC_CLIENT_ID: clientId,
    OIDC_CLIENT_SECRET: secrets.clientSecret,
    INSECURE_HTTP_ISSUER: 'true',
    // Nobody has to look elsewhere first.
    SHUTDOWN_DELAY_SECONDS: '0',
    SHARED_ASSETS_DIR: join(directory, 'cache'),
    BLOB_CONNECTION_STRING: info.blobConnectionString,
    ADMIN_AUTH: 'either',
    ADMIN_CA_FILE: certificates.ca,
    ADMIN_CERT_FILE: certificates.serverCert,
    ADMIN_KEY_FILE: certificates.serverKey,
    ADMIN_CLIENT_SUBJECTS: operatorName,
    ADMIN_TOKEN_AUDIENCE: info.adminAudience,
    // Tests of the stack ask far more often than a pipeline does, and than people do.
    ADMIN_REQUESTS_PER_MINUTE: '60000',
    SIGN_IN_REQUESTS_PER_MINUTE: '60000',
    TENANT_REQUESTS_PER_MINUTE: '1000000',
    USER_REQUESTS_PER_MINUTE: '1000000',
    APP_REQUESTS_AT_ONCE: '1024',
    TENANT_REQUESTS_AT_ONCE: '512',
    USER_REQUESTS_AT_ONCE: '512',
    TENANT_STREAMS: '20000',
    USER_STREAMS: '20000',
  }
}

function addressOf(url: string): string {
  return `127.0.0.1:${new URL(url).port}`
}
