import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { masterKeyOf, readMasterKey, type MasterKeySource } from './master-key.ts'

const key = randomBytes(32)
const text = key.toString('base64')
const variable = 'MASTER_KEY'
let folder: string
let file: string
let warnings: string[]
let vault: () => Promise<string>

const read = (source: Omit<MasterKeySource, 'variable'>) =>
  readMasterKey(
    { variable, ...source },
    { warn: (message) => warnings.push(message), readVaultSecret: () => vault() },
  )

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-master-key-'))
  file = join(folder, 'key')
  warnings = []
  vault = () => Promise.resolve(text)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(content: string, mode: number): Promise<void> {
  await writeFile(file, content)
  await chmod(file, mode)
}

describe('a master key', () => {
  it('comes from the environment', async () => {
    expect(await read({ value: key })).toEqual({ key, variable: 'MASTER_KEY' })
  })

  it('comes from a file, with the end of its line', async () => {
    await write(`${text}\n`, 0o400)
    const { key: found, variable: name } = (await read({ file })) ?? {}
    expect([Buffer.from(found ?? []).equals(key), name]).toEqual([true, 'MASTER_KEY_FILE'])
    expect(warnings).toEqual([])
  })

  it('comes from a vault', async () => {
    const vaultSecret = 'https://v.vault.azure.net/secrets/master-key'
    const { key: found, variable: name } = (await read({ vaultSecret })) ?? {}
    expect([Buffer.from(found ?? []).equals(key), name]).toEqual([true, 'MASTER_KEY_VAULT_SECRET'])
  })

  it('comes from nowhere when nothing is set', async () => {
    expect(await read({})).toBeUndefined()
  })
})

describe('a file with a master key', () => {
  it.each([
    ['400', 0],
    ['600', 0],
    ['440', 0],
    ['444', 1],
    ['604', 1],
    ['620', 1],
    ['666', 1],
  ])('of mode %s is warned of %i times', async (mode, times) => {
    await write(text, Number.parseInt(mode, 8))
    await read({ file })
    expect(warnings).toHaveLength(times)
    for (const warning of warnings) expect(warning).toMatch(/MASTER_KEY_FILE.*chmod 400 or 440/)
  })

  it.each([
    ['tooshort', /MASTER_KEY_FILE names must be 32 bytes/],
    ['not base64!', /MASTER_KEY_FILE names must be 32 random bytes in base64/],
    [Buffer.alloc(32, 7).toString('base64'), /MASTER_KEY_FILE names is not random/],
    ['', /MASTER_KEY_FILE names must be/],
  ])('is refused when it holds %j, without repeating it', async (content, message) => {
    await write(content, 0o400)
    const fault = await read({ file }).catch((error: unknown) => error as Error)
    expect(fault).toMatchObject({ name: 'MasterKeyFault', message: expect.stringMatching(message) })
    if (content !== '') expect(inspect(fault)).not.toContain(content)
  })

  it('that is not there is named', async () => {
    await expect(read({ file: join(folder, 'none') })).rejects.toThrow(
      /MASTER_KEY_FILE: .*none cannot be read/,
    )
  })
})

describe('a vault', () => {
  const vaultSecret = 'https://v.vault.azure.net/secrets/master-key'

  it('that does not give its secret is named by its variable, with the cause', async () => {
    const cause = new Error('Forbidden')
    vault = () => Promise.reject(cause)
    await expect(read({ vaultSecret })).rejects.toMatchObject({
      message: expect.stringMatching(/^MASTER_KEY_VAULT_SECRET: /),
      cause,
    })
  })

  it('that gives something else than a key is named, too', async () => {
    vault = () => Promise.resolve('hello')
    await expect(read({ vaultSecret })).rejects.toThrow(/MASTER_KEY_VAULT_SECRET names must be/)
  })
})

describe('masterKeyOf', () => {
  it('takes 32 random bytes in base64, and nothing else', () => {
    expect(masterKeyOf(text)).toEqual(new Uint8Array(key))
    for (const wrong of ['', ' ', text.slice(1), `${text}=`, `${text}AAAA`, `${text} `]) {
      expect(typeof masterKeyOf(wrong), wrong).toBe('string')
    }
  })
})
