/** Documents, keys and tokens of a provider are some kilobytes. */
const maxBytes = 1024 * 1024

/** Breaks off what is longer: it would be read into memory whole (CVE-2026-26998). */
const bounded = () => {
  let seen = 0
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.length
      if (seen > maxBytes) controller.error(new Error(`an answer of more than ${maxBytes} bytes`))
      else controller.enqueue(chunk)
    },
  })
}

/** `fetch`, for answers that end: a provider that never stops must not fill our memory. */
export async function boundedFetch(url: string, init: RequestInit): Promise<Response> {
  const { body, status, statusText, headers } = await fetch(url, init)
  return new Response(body?.pipeThrough(bounded()) ?? null, { status, statusText, headers })
}
