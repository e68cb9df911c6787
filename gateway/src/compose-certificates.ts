import type { Config } from './config.ts'
import type { Foundation } from './foundation.ts'
import type { Certificate, CertificateFiles } from './listeners/certificate.ts'
import { followCertificate } from './listeners/certificate-renewal.ts'
import type { TlsIdentity } from './listeners/tls-server.ts'
import type { Logger } from './observability/logger.ts'

interface Place {
  readonly listener: string
  readonly files: CertificateFiles
  /** The name that the certificate should be for, where it is known. */
  readonly host?: string
}

const filesOf = (cert: string | undefined, key: string | undefined) =>
  cert === undefined || key === undefined ? undefined : { cert, key }

function placesOf(config: Config): Place[] {
  const ofPublic = filesOf(config.PUBLIC_CERT_FILE, config.PUBLIC_KEY_FILE)
  const ofAdmin = filesOf(config.ADMIN_CERT_FILE, config.ADMIN_KEY_FILE)
  const host = new URL(config.PUBLIC_URL).hostname.replace(/^\[|\]$/g, '')
  return [
    ...(ofPublic ? [{ listener: 'public', files: ofPublic, host }] : []),
    ...(ofAdmin ? [{ listener: 'admin', files: ofAdmin }] : []),
  ]
}

/**
 * Follows the certificates of all listeners that have one.
 *
 * @param renew shows another one from now on
 * @throws when one cannot be used at the start
 */
export async function composeCertificates(
  config: Config,
  { metrics }: Pick<Foundation, 'metrics'>,
  logger: Logger,
  renew: (listener: string, identity: TlsIdentity) => void,
) {
  function note({ listener, host }: Place, certificate: Certificate): void {
    const facts = { listener, endsAt: new Date(certificate.endsAt).toISOString() }
    metrics.observeCertificate(listener, certificate.endsAt)
    if (certificate.endsAt < Date.now()) logger.error('the certificate has expired', facts)
    else logger.info('certificate in use', facts)
    if (host === undefined || certificate.isFor(host)) return
    logger.warn('the certificate is not for the host of PUBLIC_URL', { ...facts, host })
  }

  const followed = await Promise.all(
    placesOf(config).map(async (place) => {
      const { listener, files } = place
      const renewal = await followCertificate({
        files,
        onCertificate(certificate) {
          renew(listener, certificate)
          note(place, certificate)
        },
        onFault: (cause) =>
          logger.error('the new certificate cannot be used, the one before stays in use', {
            listener,
            cause,
          }),
      })
      note(place, renewal.initial)
      return { listener, ...renewal }
    }),
  )
  return {
    initial: (listener: string) => followed.find((one) => one.listener === listener)?.initial,
    /** Looks at the files of each at once; rejects for one that is not good. */
    renewals: Object.fromEntries(
      followed.map(({ listener, look }) => [
        `certificate of the ${listener} listener`,
        async () => {
          const fault = await look()
          if (fault !== undefined) throw fault
        },
      ]),
    ),
    stop: () => followed.forEach(({ stop }) => stop()),
  }
}
