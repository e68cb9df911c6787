import { isSame } from '../../view.ts'

/** Parts of what plotly.js says after a zoom that can be said to it again; sizes and hover modes are not. */
const PART =
  /(?:range(?:\[[01]\])?|\.camera|\.center|\.zoom|\.projection\.(?:scale|rotation\.\w+))$/

/** Where somebody has zoomed a graph to; nothing when it is as it came. */
export function zoomOf(relayoutData: Record<string, unknown>): Record<string, unknown> | undefined {
  const parts = Object.entries(relayoutData).filter(([name]) => PART.test(name))
  return parts.length === 0 ? undefined : Object.fromEntries(parts)
}

interface Relayout {
  relayout: (plot: unknown, changes: Record<string, unknown>) => unknown
}

const AXES = /^([xyz]axis\d*|scene\d*|geo\d*|map\d*|mapbox\d*)\b/

/** Zooms a graph to where a view has it, or back to all of it. */
export function applyZoom(
  id: string,
  wanted: Record<string, unknown> | undefined,
  now: Record<string, unknown> | undefined,
): void {
  if (isSame(wanted, now)) return
  const plot = document.getElementById(id)?.querySelector('.js-plotly-plot')
  if (plot === null || plot === undefined) return
  const axes = Object.keys(now ?? {}).flatMap((name) => AXES.exec(name)?.[1] ?? [])
  const whole = axes.filter((axis) => /^[xyz]axis/.test(axis))
  const back = Object.fromEntries(whole.map((axis) => [`${axis}.autorange`, true]))
  const { Plotly } = window as { Plotly?: Partial<Relayout> }
  Plotly?.relayout?.(plot, wanted ?? back)
}
