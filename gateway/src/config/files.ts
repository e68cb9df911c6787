import { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { masterKeyOf } from '../keys/master-key.ts'
import { certificateOf } from '../listeners/certificate.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Rejects with what is wrong with the file, in words that follow the name of its variable. */
type Look = (path: string) => Promise<unknown>

const readable: Look = (path) =>
  readFile(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`cannot be read: ${path} (${code})`)
  })

const folder: Look = async (path) => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw new Error(`is no folder: ${path}`)
}

const authority: Look = async (path) => {
  const pem = (await readable(path)) as Buffer
  try {
    void new X509Certificate(pem)
  } catch {
    throw new Error(`holds no certificate (PEM): ${path}`)
  }
}

const masterKey: Look = async (path) => {
  const key = masterKeyOf(String(await readable(path)).trim())
  if (typeof key === 'string') throw new Error(`${key}: ${path}`)
}

const looks: Readonly<Record<string, Look>> = {
  DATABASE_CA_FILE: authority,
  MASTER_KEY_FILE: masterKey,
  MASTER_KEY_PREVIOUS_FILE: masterKey,
  ADMIN_CA_FILE: authority,
  DATA_FOLDER: folder,
  WEB_DIST: folder,
}

/** A certificate and its key, which have to fit. */
const pairs = [
  ['PUBLIC_CERT_FILE', 'PUBLIC_KEY_FILE'],
  ['ADMIN_CERT_FILE', 'ADMIN_KEY_FILE'],
] as const

async function faultsOf(env: Environment, name: string, look: Look): Promise<string[]> {
  const path = env[name]
  if (!path) return []
  return look(path).then(
    () => [],
    (error: unknown) => [`${name} ${(error as Error).message}`],
  )
}

async function faultsOfPair(env: Environment, [cert, key]: (typeof pairs)[number]) {
  const faults = await Promise.all([cert, key].map((name) => faultsOf(env, name, readable)))
  const found = faults.flat()
  if (found.length > 0 || !env[cert] || !env[key]) return found
  const [certificate, privateKey] = await Promise.all([readFile(env[cert]), readFile(env[key])])
  try {
    certificateOf({ cert: certificate, key: privateKey })
    return []
  } catch (error) {
    return [`${cert} and ${key} cannot be used together: ${(error as Error).message}`]
  }
}

/** What is wrong with the files and folders that settings name, one line each. */
export async function faultsOfFiles(env: Environment): Promise<string[]> {
  const faults = await Promise.all([
    ...Object.entries(looks).map(([name, look]) => faultsOf(env, name, look)),
    ...pairs.map((pair) => faultsOfPair(env, pair)),
  ])
  return faults.flat()
}
