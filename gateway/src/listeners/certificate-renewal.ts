import {
  certificateOf,
  readIdentity,
  type Certificate,
  type CertificateFiles,
} from './certificate.ts'
import type { TlsIdentity } from './tls-server.ts'

export interface RenewalOptions {
  readonly files: CertificateFiles
  /** Told of each good pair after the one of the start. */
  readonly onCertificate: (certificate: Certificate) => void
  /** Told once of each that is not good; the one before stays in use. */
  readonly onFault: (cause: unknown) => void
  /** How often the files are looked at. */
  readonly everyMs?: number
}

/**
 * A few kilobytes, read each time: that sees whatever way they are replaced in (links of a mounted
 * secret, a file moved over, a network file system), which notifications of the system do not.
 */
const lookEveryMs = 5000

const isSame = (one: TlsIdentity, other: TlsIdentity) =>
  one.cert.equals(other.cert) && one.key.equals(other.key)

/**
 * Follows a certificate and its key from the files where somebody renews them.
 *
 * @throws when there is no good pair at the start
 */
export async function followCertificate(options: RenewalOptions) {
  const { files, onCertificate, onFault, everyMs = lookEveryMs } = options
  let seen = await readIdentity(files)
  const initial = certificateOf(seen)
  let fault: string | undefined

  /** A file that is missing is missing at each look. */
  function tell(cause: unknown): void {
    const said = String(cause)
    if (said !== fault) onFault(cause)
    fault = said
  }

  /** Why what was seen last is not in use. */
  let unfit: unknown

  /** @returns why what lies there is not in use */
  async function look(): Promise<unknown> {
    try {
      const found = await readIdentity(files)
      if (isSame(found, seen)) return unfit
      seen = found
      unfit = undefined
      const certificate = certificateOf(found)
      if (certificate.endsAt < Date.now()) throw new Error('the certificate has expired')
      fault = undefined
      onCertificate(certificate)
      return undefined
    } catch (cause) {
      unfit = cause
      tell(cause)
      return cause
    }
  }

  let looks: Promise<unknown> = Promise.resolve()
  /** One after the other: what is asked for during a look begins after it. */
  const lookNow = () => (looks = looks.then(look))
  const timer = setInterval(() => void lookNow(), everyMs)

  return {
    initial,
    /** Looks at the files at once; the answer is why what lies there cannot be used. */
    look: lookNow,
    stop: () => clearInterval(timer),
  }
}

export type CertificateRenewal = Awaited<ReturnType<typeof followCertificate>>
