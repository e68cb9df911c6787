/** What a gateway says of itself. */
export interface Measured {
  /** Of memory, as the system counts it. */
  readonly bytes: number
  readonly descriptors: number
  /** WebSockets that a tenant has open. */
  readonly webSocketsOf: (tenant: string) => number
}

/** @param opsUrl of its listener for operators */
export async function measuredAt(opsUrl: string): Promise<Measured> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text()
  const valueOf = (name: string) =>
    Number(
      metrics
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    )
  return {
    bytes: valueOf('process_resident_memory_bytes '),
    descriptors: valueOf('process_open_fds '),
    webSocketsOf: (tenant) => valueOf(`dashgate_websockets_open{tenant_id="${tenant}"`),
  }
}
