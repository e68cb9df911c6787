import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

import { readOrCreateJson, writePrivateJson } from './private-file.ts'

/** Made at the first start and kept, so that sessions and data outlive a restart. */
export interface Secrets {
  ownerPassword: string
  appRolePassword: string
  masterKey: string
  clientSecret: string
  pipelineSecret: string
  providerCookieKey: string
  blobAccountKey: string
}

export const random = (bytes: number, encoding: BufferEncoding) =>
  randomBytes(bytes).toString(encoding)

function createSecrets(): Secrets {
  return {
    ownerPassword: random(24, 'hex'),
    appRolePassword: random(24, 'hex'),
    masterKey: random(32, 'base64'),
    clientSecret: random(32, 'base64url'),
    pipelineSecret: random(32, 'base64url'),
    providerCookieKey: random(32, 'base64url'),
    blobAccountKey: random(64, 'base64'),
  }
}

export async function loadSecrets(directory: string): Promise<Secrets> {
  const file = join(directory, 'secrets.json')
  const kept = await readOrCreateJson<Partial<Secrets>>(file, createSecrets)
  // A file of an earlier version lacks what came later.
  const secrets = { ...createSecrets(), ...kept }
  if (Object.keys(kept).length < Object.keys(secrets).length) writePrivateJson(file, secrets)
  return secrets
}
