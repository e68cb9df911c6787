import type { AssetType } from './builds.ts'

/** What an app said of a file, in undici's form. */
export interface AssetAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The largest file that is shared; the largest of Dash's own has 4.8 MB. */
export const mostAssetBytes = 16 * 1024 * 1024

const types: readonly (readonly [RegExp, AssetType])[] = [
  [/^\s*(?:text|application)\/(?:x-)?javascript\s*(?:;|$)/i, 'js'],
  [/^\s*text\/css\s*(?:;|$)/i, 'css'],
]

const list = (value: string | string[] | undefined) =>
  [value ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter(Boolean)

/**
 * Whether an answer is a script or a stylesheet that is the same for everybody, as far as the app
 * says: without a cookie, and neither private nor dependent on who asks. It was asked for without
 * saying who does.
 */
export function admit({ statusCode, headers }: AssetAnswer): AssetType | undefined {
  if (statusCode !== 200 || headers['set-cookie'] !== undefined) return undefined
  if (list(headers['content-encoding']).some((coding) => coding !== 'identity')) return undefined
  if (list(headers['vary']).some((name) => name !== 'accept-encoding')) return undefined
  const isPrivate = list(headers['cache-control']).some((one) =>
    /^(?:private|no-store)\b/.test(one),
  )
  if (isPrivate || Number(list(headers['content-length'])[0] ?? 0) > mostAssetBytes)
    return undefined
  const type = [headers['content-type'] ?? []].flat().join()
  return types.find(([form]) => form.test(type))?.[1]
}
