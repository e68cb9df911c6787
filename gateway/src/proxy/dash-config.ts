import { personQueryKey, tenantQueryKey } from './guard-keys.ts'

/** For whom a page is. */
interface MadeFor {
  readonly tenantId: string
  readonly personKey: string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function withQuery(url: unknown, parameters: Record<string, string>): unknown {
  if (typeof url !== 'string') return url
  return url + (url.includes('?') ? '&' : '?') + new URLSearchParams(parameters).toString()
}

/**
 * Changes Dash's own settings for the page. `validation_layout` holds the pages as the first visitor
 * saw them, whatever tenant that was, and serves to check ids only. The socket's URLs name tenant
 * and user, since browsers share a SharedWorker among all pages that name the same URL.
 */
export function safeConfig(
  json: string,
  { tenantId, personKey }: MadeFor,
): Record<string, unknown> {
  const config: unknown = JSON.parse(json)
  if (!isRecord(config)) throw new Error('the configuration of the index page is no object')
  const { validation_layout: _, websocket, ...rest } = config
  const safe: Record<string, unknown> = { ...rest, suppress_callback_exceptions: true }
  if (isRecord(websocket)) {
    const madeFor = { [tenantQueryKey]: tenantId, [personQueryKey]: personKey }
    safe['websocket'] = {
      ...websocket,
      url: withQuery(websocket['url'], madeFor),
      worker_url: withQuery(websocket['worker_url'], madeFor),
    }
  }
  return safe
}

/** As Dash writes it: nothing that could end the script element or start another. */
export const written = (config: Record<string, unknown>) =>
  JSON.stringify(config).replace(
    /[<>/\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** plotly.js is no file that the page names: only its version tells that it has been replaced. */
export const versionsIn = (config: Record<string, unknown>) =>
  JSON.stringify([config['dash_version'] ?? null, config['plotly_version'] ?? null])
