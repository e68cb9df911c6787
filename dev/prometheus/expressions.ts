import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../paths.ts'

/** A metric that an expression asks for, with the labels by which it chooses series. */
export interface Use {
  readonly metric: string
  readonly labels: readonly string[]
}

const selector = /\b((?:dashgate|nodejs|process)_[a-z0-9_]+)\b(?!:)\s*(\{[^}]*\})?/g
const matcher = /([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"/g

/** Strings hold words that look like metrics, and recorded names do as well: neither is asked for. */
export function usesIn(expression: string): Use[] {
  const plain = expression.replaceAll(/[a-z]+:\w+:\w+|dashgate:\w+/g, '')
  return [...plain.matchAll(selector)].map(([, metric = '', labels = '']) => ({
    metric,
    labels: [...labels.matchAll(matcher)].map(([, label = '']) => label),
  }))
}

/** Labels that an expression groups or joins by. */
export function groupingsIn(expression: string): string[] {
  const lists = expression.matchAll(/\b(?:by|without|on|ignoring)\s*\(([^)]*)\)/g)
  return [...lists]
    .flatMap(([, list = '']) => list.split(',').map((label) => label.trim()))
    .filter(Boolean)
}

/** What Prometheus adds to every series, and histograms to theirs. */
export const addedLabels = new Set(['instance', 'job', 'le'])

/** Metrics and their labels, as docs/metrics.md has them from the code. */
export function documentedMetrics(): Map<string, ReadonlySet<string>> {
  const text = readFileSync(join(root, 'docs', 'metrics.md'), 'utf8')
  const rows = text.matchAll(/^\| `(\w+)`\s*\| (counter|gauge|histogram|summary)\s*\| ([^|]*)\|/gm)
  const found = new Map<string, ReadonlySet<string>>()
  for (const [, name = '', type, list = ''] of rows) {
    const labels = new Set([...list.matchAll(/`(\w+)`/g)].map(([, label = '']) => label))
    const names =
      type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]
    for (const one of names) found.set(one, labels)
  }
  return found
}
