import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import { readOrCreateJson } from './private-file.ts'

/** Made at the first start and kept, so that sessions and data outlive a restart. */
export interface Secrets {
  ownerPassword: string
  appRolePassword: string
  masterKey: string
  clientSecret: string
  providerCookieKey: string
  blobAccountKey: string
}

const random = (bytes: number, encoding: BufferEncoding) => randomBytes(bytes).toString(encoding)

export function loadSecrets(directory: string): Promise<Secrets> {
  return readOrCreateJson(join(directory, 'secrets.json'), () => ({
    ownerPassword: random(24, 'hex'),
    appRolePassword: random(24, 'hex'),
    masterKey: random(32, 'base64'),
    clientSecret: random(32, 'base64url'),
    providerCookieKey: random(32, 'base64url'),
    blobAccountKey: random(64, 'base64'),
  }))
}
