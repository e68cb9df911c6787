import { readFile, stat } from 'node:fs/promises'
import { secretAddress, type SecretAddress } from './vault-secret.ts'

/** Where a master key may come from; one of the three is set. */
export interface MasterKeySource {
  /** Without a suffix: `MASTER_KEY`. */
  readonly variable: string
  readonly value?: Uint8Array | undefined
  readonly file?: string | undefined
  readonly vaultSecret?: string | undefined
}

export interface MasterKey {
  readonly key: Uint8Array
  /** The variable that says where it comes from, for messages. */
  readonly variable: string
}

/** A master key cannot be had, or is none; the message names the variable and never the key. */
export class MasterKeyFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'MasterKeyFault'
  }
}

export interface MasterKeyOptions {
  /** Told of what should be mended but does not stop the gateway. */
  readonly warn: (message: string) => void
  readonly readVaultSecret: (address: SecretAddress) => Promise<string>
}

const howToMakeOne = 'openssl rand -base64 32'

/** @returns the 32 bytes, or what is wrong with the text */
export function masterKeyOf(text: string): Uint8Array | string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return `must be 32 random bytes in base64 (${howToMakeOne})`
  const key = new Uint8Array(Buffer.from(text, 'base64'))
  if (key.length !== 32) return `must be 32 bytes long (${howToMakeOne})`
  // A key that was typed or copied from an example guards nothing (CVE-2023-27524).
  if (new Set(key).size < 12) return `is not random (${howToMakeOne})`
  return key
}

/** @throws {MasterKeyFault} */
export async function readMasterKey(
  source: MasterKeySource,
  options: MasterKeyOptions,
): Promise<MasterKey | undefined> {
  const { variable, value, file, vaultSecret } = source
  if (value) return { key: value, variable }
  if (file !== undefined) return fromFile(`${variable}_FILE`, file, options)
  if (vaultSecret !== undefined) {
    return fromVault(`${variable}_VAULT_SECRET`, vaultSecret, options)
  }
  return undefined
}

async function fromFile(variable: string, file: string, { warn }: MasterKeyOptions) {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MasterKeyFault(`${variable}: ${file} cannot be read`, cause)
  })
  const { mode } = await stat(file)
  // The group may read: that is how an orchestrator hands a secret to a process that is not root.
  if ((mode & 0o027) !== 0) {
    const rights = (mode & 0o777).toString(8)
    warn(`${variable}: others than its owner may use ${file} (mode ${rights}); chmod 400 or 440`)
  }
  return checked(variable, text)
}

async function fromVault(variable: string, url: string, { readVaultSecret }: MasterKeyOptions) {
  const address = secretAddress(url)
  if (!address) throw new MasterKeyFault(`${variable} is not the URL of a secret`)
  const text = await readVaultSecret(address).catch((cause: unknown) => {
    throw new MasterKeyFault(`${variable}: Azure Key Vault did not give the secret`, cause)
  })
  return checked(variable, text)
}

function checked(variable: string, text: string): MasterKey {
  const key = masterKeyOf(text.trim())
  if (typeof key === 'string') throw new MasterKeyFault(`What ${variable} names ${key}`)
  return { key, variable }
}
