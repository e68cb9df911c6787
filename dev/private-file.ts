import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Written whole or not at all, readable by its owner only. */
export function writePrivateFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}

export function writePrivateJson(path: string, value: unknown): void {
  writePrivateFile(path, `${JSON.stringify(value, null, 2)}\n`)
}

/** The JSON of the file, which is made by `create` when it is not there yet. */
export async function readOrCreateJson<T>(path: string, create: () => T | Promise<T>): Promise<T> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T
  const value = await create()
  writePrivateJson(path, value)
  return value
}
