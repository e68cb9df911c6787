export interface Row {
  readonly label: string
  readonly value: number
  /** The gateway's own. */
  readonly isOurs: boolean
}

export interface Panel {
  readonly title: string
  readonly unit: string
  readonly rows: readonly Row[]
}

const width = 760
const labelWidth = 250
const valueWidth = 80
const rowHeight = 24
const titleHeight = 34
const gap = 14

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .peer { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .peer { fill: #6e7681 }
    .ours { fill: #58a6ff }
  }`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const heightOf = ({ rows }: Panel) => titleHeight + rows.length * rowHeight + gap

function drawPanel({ title, unit, rows }: Panel, top: number): string {
  const most = Math.max(...rows.map(({ value }) => value))
  const bars = rows.map(({ label, value, isOurs }, index) => {
    const y = top + titleHeight + index * rowHeight
    const length = Math.max(1, ((width - labelWidth - valueWidth) * value) / most)
    const shown = `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`
    return [
      `<text x="${labelWidth - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>`,
      `<rect x="${labelWidth}" y="${y + 2}" width="${length.toFixed(1)}" height="16" rx="2" class="${isOurs ? 'ours' : 'peer'}"/>`,
      `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 14}">${escaped(shown)}</text>`,
    ].join('\n')
  })
  return [`<text x="0" y="${top + 18}" class="title">${escaped(title)}</text>`, ...bars].join('\n')
}

/** Bars below each other, one panel after the other, as an SVG that follows the reader's colours. */
export function drawChart(panels: readonly Panel[], description: string): string {
  const height = panels.reduce((sum, panel) => sum + heightOf(panel), 0)
  let top = 0
  const drawn = panels.map((panel) => {
    const lines = drawPanel(panel, top)
    top += heightOf(panel)
    return lines
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escaped(description)}</title>
<style>${style}
</style>
${drawn.join('\n')}
</svg>
`
}
