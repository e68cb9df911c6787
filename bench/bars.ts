/** What has to be reached; the benchmark says which of it is not. */
export type Bar = { readonly atMost: number } | { readonly atLeast: number }

export const bars = {
  cpuToNginx: { atMost: 4 },
  rateToChp: { atLeast: 1.8 },
  addedP99Milliseconds: { atMost: 2 },
  coldNear: { atMost: 0.33 },
  coldFar: { atMost: 0.28 },
  warm: { atMost: 0.8 },
  coldBytes: { atMost: 0.3 },
  streamMebibytes: { atMost: 16 },
  socketKibibytes: { atMost: 30 },
  tenantsMegabytes: { atMost: 200 },
  tenantsLatency: { atMost: 1.05 },
  startSeconds: { atMost: 3 },
  twoProcesses: { atLeast: 1.6 },
} as const satisfies Record<string, Bar>

export function isHeld(bar: Bar, value: number): boolean {
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast
}

export const describeBar = (bar: Bar): string =>
  'atMost' in bar ? `≤ ${bar.atMost}` : `≥ ${bar.atLeast}`
