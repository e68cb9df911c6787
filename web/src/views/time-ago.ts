const steps = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const words = new Intl.RelativeTimeFormat('en')

/** How long ago something was: true in every time zone, which a page made on the server does not know. */
export function timeAgo(moment: number, now: number): string {
  const step = steps.find(([, ms]) => now - moment >= ms)
  if (step === undefined) return 'just now'
  const [unit, ms] = step
  return words.format(-Math.floor((now - moment) / ms), unit)
}
