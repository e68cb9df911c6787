import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { root } from '../paths.ts'
import { promtool } from '../prometheus/promtool.ts'
import { unknownIn } from '../prometheus/unknown.ts'
import { grafanaDashboards } from './dashboards.ts'

interface Shown {
  readonly panels: readonly {
    readonly title: string
    readonly type: string
    readonly description?: string
    readonly fieldConfig?: { readonly defaults: { readonly unit: string } }
    readonly targets?: readonly {
      readonly expr: string
      readonly datasource: { readonly type: string }
    }[]
  }[]
  readonly templating: { readonly list: readonly { readonly name: string }[] }
}

const folder = join(root, 'deploy', 'grafana', 'dashboards')
const files = readdirSync(folder)
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Shown
const panels = files.flatMap((file) => read(file).panels.map((panel) => ({ file, ...panel })))
const queries = panels.flatMap(({ file, title, targets = [] }) =>
  targets
    .filter(({ datasource }) => datasource.type === 'prometheus')
    .map(({ expr }) => ({ file, title, expr })),
)

it('the files are what dev/grafana/ says: node dev/grafana/main.ts', () => {
  expect(Object.fromEntries(files.map((file) => [file, read(file)]))).toEqual(
    JSON.parse(JSON.stringify(grafanaDashboards)),
  )
})

it.each(queries)('$file, "$title" asks for what there is', ({ expr }) => {
  expect(unknownIn(expr)).toEqual([])
})

it('each expression is one that Prometheus reads', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dashgate-grafana-'))
  const rules = queries.map(({ expr }, index) => ({
    record: `grafana:expression_${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h'),
  }))
  const file = join(directory, 'expressions.yml')
  writeFileSync(file, stringify({ groups: [{ name: 'grafana', rules }] }))
  expect(await promtool('check', 'rules', file)).toContain(`${rules.length} rules found`)
  rmSync(directory, { recursive: true })
})

it.each(panels.filter(({ type }) => type !== 'row'))(
  '$file, "$title" says what it shows',
  ({ type, description, fieldConfig }) => {
    expect(description).toMatch(/\.$/)
    if (type !== 'logs') expect(fieldConfig?.defaults.unit).toMatch(/\S/)
  },
)

it.each(files)('%s uses only variables that it has', (file) => {
  const { templating, panels: shown } = read(file)
  const names = new Set(templating.list.map(({ name }) => name))
  const used = [...JSON.stringify(shown).matchAll(/\$(?!__)(\w+)/g)].map(([, name = '']) => name)
  expect(used.filter((name) => !names.has(name))).toEqual([])
})
