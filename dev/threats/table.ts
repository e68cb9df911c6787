import type { Covering } from './test-names.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')

/** Names as a reader of the source finds them: escapes are those of the literal. */
const entry = ({ file, name }: Covering) => `\`${file}\`: ${cell(name)}`

function bySource(left: Covering, right: Covering): number {
  const [a, b] = [entry(left), entry(right)]
  return a < b ? -1 : Number(a > b)
}

/**
 * The page that says for each row which tests cover it, and the rows that have neither a test nor a
 * reason. A row that has both is one of them: one of the two is not true.
 */
export function threatTable(
  rows: Readonly<Record<string, string>>,
  reasons: Readonly<Record<string, string>>,
  covering: readonly Covering[],
): { page: string; open: string[] } {
  const ofId = Map.groupBy(covering, ({ id }) => id)
  const open = Object.keys(rows).filter((id) => ofId.has(id) === Object.hasOwn(reasons, id))
  const lines = Object.entries(rows).map(([id, title]) => {
    const entries = (ofId.get(id) ?? []).toSorted(bySource).map(entry)
    const reason = reasons[id]
    const tests = reason === undefined ? entries : [`No test: ${cell(reason)}`]
    return `| ${id} | ${cell(title)} | ${[...new Set(tests)].join('<br>')} |`
  })
  const page = [
    '# Threats and their tests',
    '',
    'What the gateway has to hold against, and the tests that see it hold: each carries the id in its',
    'name. This page is made by `npm run docs:threats` from `dev/threats/rows.ts` and the names of all',
    'tests. Where no test can be, the reason stands here and in [SECURITY.md](../SECURITY.md), which says',
    'what is assumed and what is out of scope, too.',
    '',
    '| id | what | tests |',
    '| --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
  return { page, open }
}
