import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { BlobServiceClient } from '@azure/storage-blob'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'

import { isGroupAlive } from './process-group.ts'
import { type Stack, type StackOptions, startStack } from './stack.ts'
import type { StackError } from './stack-error.ts'
import { answersOk, waitUntil } from './wait.ts'
import { temporaryDirectory } from './temporary-directory.ts'

let stack: Stack | undefined

afterEach(async () => {
  await stack?.stop()
  stack = undefined
})

async function start(options: Partial<StackOptions> & { directory: string }): Promise<Stack> {
  stack = await startStack({ gateway: false, dashApps: [], datasets: '/nowhere', ...options })
  return stack
}

function pidsOf({ parts }: Stack): number[] {
  return [parts.postgres, parts.azurite, parts.provider].map(({ pid }) => Number(pid))
}

describe('a stack', () => {
  it('starts, keeps its data over a second start, and leaves nothing running', async () => {
    const directory = temporaryDirectory()
    const first = await start({ directory })
    const pids = pidsOf(first)
    expect(pids.every(isGroupAlive)).toBe(true)
    const info = JSON.parse(readFileSync(join(directory, 'stack.json'), 'utf8')) as unknown
    expect(info).toEqual(first.info)
    await query(
      first.info.databaseUrl,
      "update tenants set display_name = 'Kept' where id = 'globex'",
    )
    await first.stop()
    expect(pids.some(isGroupAlive)).toBe(false)
    expect(existsSync(join(directory, 'stack.json'))).toBe(false)

    const second = await start({ directory })
    const [globex] = await query(
      second.info.databaseUrl,
      "select * from tenants where id = 'globex'",
    )
    expect(globex).toMatchObject({ display_name: 'Kept' })
  })

  it('refuses a second stack in the same directory', async () => {
    const directory = temporaryDirectory()
    await start({ directory })
    await expect(startStack({ directory, gateway: false, dashApps: [] })).rejects.toThrow(
      `The stack of ${directory} runs already (process ${process.pid})`,
    )
  })

  it('gives each part what it needs: tables, a role that owns nothing, containers, keys', async () => {
    const { info } = await start({ directory: temporaryDirectory() })
    expect(await query(info.databaseUrl, 'select slug from dashboards order by slug')).toHaveLength(
      3,
    )
    const [role] = await query(
      info.appDatabaseUrl,
      'select rolsuper, rolbypassrls from pg_roles where rolname = current_user',
    )
    expect(role).toEqual({ rolsuper: false, rolbypassrls: false })
    const blobs = BlobServiceClient.fromConnectionString(info.blobConnectionString)
    for (const name of ['processed', 'uploads']) {
      expect(await blobs.getContainerClient(name).exists()).toBe(true)
    }
    const blob = `${info.uploadUrl}/globex/new.parquet?${info.uploadSas}`
    const asBlock = { 'x-ms-blob-type': 'BlockBlob' }
    const put = await fetch(blob, { method: 'PUT', headers: asBlock, body: 'PAR1' })
    expect(put.status).toBe(201)
    expect([(await fetch(blob)).status, (await fetch(blob, { method: 'DELETE' })).status]).toEqual([
      403, 403,
    ])
    const elsewhere = blob.replace('/processed/', '/uploads/')
    expect((await fetch(elsewhere, { method: 'PUT', headers: asBlock })).status).toBe(403)
    const discovery = await fetch(`${info.issuer}/.well-known/openid-configuration`)
    expect(await discovery.json()).toMatchObject({ issuer: info.issuer })
  })

  it('says once which part ended by itself, and with what', async () => {
    const { promise, resolve } = Promise.withResolvers<StackError>()
    const { parts } = await start({ directory: temporaryDirectory(), onCrash: resolve })
    process.kill(Number(parts.provider.pid), 'SIGKILL')
    expect((await promise).message).toMatch(/^provider ended by itself \(signal SIGKILL\)\./)
  })

  it('can lose a part and get it back, as tests of failures need it', async () => {
    const faults: StackError[] = []
    const { info, parts } = await start({
      directory: temporaryDirectory(),
      onCrash: (fault) => faults.push(fault),
    })
    const discovery = `${info.issuer}/.well-known/openid-configuration`
    await parts.provider.stop()
    expect(await answersOk(discovery)).toBe(false)
    await parts.provider.start()
    expect(await answersOk(discovery)).toBe(true)
    await parts.postgres.kill()
    await parts.postgres.start()
    expect(await query(info.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(faults).toEqual([])
  })

  it('ends when its own process is killed without warning', async () => {
    const directory = temporaryDirectory()
    const child = spawn(process.execPath, ['--input-type=module', '--eval', outsider(directory)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    const pids = JSON.parse(line) as number[]
    expect(pids.every(isGroupAlive)).toBe(true)
    child.kill('SIGKILL')
    expect(await waitUntil(() => !pids.some(isGroupAlive), { withinMs: 15_000 })).toBe(true)
    const { parts } = await start({ directory })
    expect(parts.postgres.pid).toBeTypeOf('number')
  })
})

function outsider(directory: string): string {
  const options = { directory, gateway: false, dashApps: [], datasets: '/nowhere' }
  return `
    const { startStack } = await import(${JSON.stringify(join(import.meta.dirname, 'stack.ts'))})
    const { parts } = await startStack(${JSON.stringify(options)})
    console.log(JSON.stringify([parts.postgres.pid, parts.azurite.pid, parts.provider.pid]))`
}

async function query(url: string, text: string): Promise<unknown[]> {
  const sql = postgres(url, { max: 1 })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}
