/** Parts of Grafana's dashboard model (schema version 39), as few as our dashboards need. */
const prometheus = { type: 'prometheus', uid: 'prometheus' }
const loki = { type: 'loki', uid: 'loki' }

export interface Query {
  readonly expr: string
  readonly legend?: string
}

export interface Step {
  readonly at: number
  readonly color: 'green' | 'yellow' | 'orange' | 'red'
}

export interface PanelOptions {
  readonly title: string
  readonly description: string
  readonly queries: readonly Query[]
  readonly unit: string
  /** Out of 24 columns. */
  readonly width: number
  readonly steps?: readonly Step[]
  readonly max?: number
}

export interface Panel {
  readonly width: number
  readonly height: number
  readonly body: Readonly<Record<string, unknown>>
}

const targetsOf = (queries: readonly Query[], isTable = false) =>
  queries.map(({ expr, legend }, index) => ({
    refId: String.fromCodePoint(65 + index),
    datasource: prometheus,
    expr,
    legendFormat: legend ?? '__auto',
    ...(isTable && { format: 'table', instant: true }),
  }))

const thresholds = (steps: readonly Step[] = []) => ({
  mode: 'absolute',
  steps: [
    { color: steps.length > 0 ? 'green' : 'text', value: null },
    ...steps.map(({ at, color }) => ({ color, value: at })),
  ],
})

const defaultsOf = ({ unit, steps, max }: PanelOptions) => ({
  unit,
  min: 0,
  ...(max !== undefined && { max }),
  thresholds: thresholds(steps),
})

const base = (type: string, options: PanelOptions) => ({
  type,
  title: options.title,
  description: options.description,
  datasource: prometheus,
  targets: targetsOf(options.queries, type === 'table'),
})

/** One number, coloured by what it means. */
export const stat = (options: PanelOptions): Panel => ({
  width: options.width,
  height: 4,
  body: {
    ...base('stat', options),
    fieldConfig: {
      defaults: { ...defaultsOf(options), color: { mode: 'thresholds' } },
      overrides: [],
    },
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      colorMode: options.steps ? 'background_solid' : 'value',
      graphMode: 'area',
      textMode: 'auto',
    },
  },
})

/** Lines over time; thresholds are drawn where there are any. */
export const lines = (options: PanelOptions): Panel => ({
  width: options.width,
  height: 8,
  body: {
    ...base('timeseries', options),
    fieldConfig: {
      defaults: {
        ...defaultsOf(options),
        color: { mode: 'palette-classic' },
        custom: {
          lineWidth: 2,
          fillOpacity: 8,
          showPoints: 'never',
          spanNulls: false,
          thresholdsStyle: { mode: options.steps ? 'dashed' : 'off' },
        },
      },
      overrides: [],
    },
    options: {
      legend: {
        displayMode: 'table',
        placement: 'bottom',
        calcs: ['mean', 'max'],
        sortBy: 'Max',
        sortDesc: true,
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
})

/** The worst on top. */
export const ranking = (options: PanelOptions): Panel => ({
  width: options.width,
  height: 8,
  body: {
    ...base('table', options),
    fieldConfig: {
      defaults: { ...defaultsOf(options), custom: { cellOptions: { type: 'auto' } } },
      overrides: [
        {
          matcher: { id: 'byName', options: 'Value' },
          properties: [{ id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } }],
        },
      ],
    },
    transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }],
    options: { showHeader: true, sortBy: [{ displayName: 'Value', desc: true }] },
  },
})

/** Lines of the log; a click on a request id shows all that this request left. */
export const logs = (title: string, description: string, expr: string): Panel => ({
  width: 24,
  height: 9,
  body: {
    type: 'logs',
    title,
    description,
    datasource: loki,
    targets: [{ refId: 'A', datasource: loki, expr }],
    options: {
      showTime: true,
      wrapLogMessage: true,
      enableLogDetails: true,
      sortOrder: 'Descending',
    },
  },
})

export const row = (title: string): Panel => ({
  width: 24,
  height: 1,
  body: { type: 'row', title, collapsed: false, panels: [] },
})

/** A variable filled from the values of a label; all of them by default. */
export const choice = (name: string, label: string, metric: string, ofLabel = name) => ({
  name,
  label,
  type: 'query',
  datasource: prometheus,
  query: { query: `label_values(${metric}, ${ofLabel})`, refId: name },
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: '.*',
  current: { text: 'All', value: '$__all' },
})

/** What somebody pastes: a request id out of an error page or an answer's header. */
export const text = (name: string, label: string) => ({
  name,
  label,
  type: 'textbox',
  query: '',
  current: { text: '', value: '' },
})

export interface DashboardOptions {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly object[]
  readonly panels: readonly Panel[]
}

/** Panels one beside the other, a new line where there is no room. */
export function dashboard({
  uid,
  title,
  description,
  variables,
  panels,
}: DashboardOptions): object {
  let [x, y, height] = [0, 0, 0]
  const placed = panels.map(({ width, height: own, body }, index) => {
    if (x + width > 24) [x, y, height] = [0, y + height, 0]
    const gridPos = { x, y, w: width, h: own }
    x += width
    height = Math.max(height, own)
    return { id: index + 1, gridPos, ...body }
  })
  return {
    uid,
    title,
    description,
    tags: ['dashgate'],
    schemaVersion: 39,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        type: 'dashboards',
        tags: ['dashgate'],
        title: 'Dashgate',
        asDropdown: true,
        keepTime: true,
        includeVars: true,
      },
    ],
    templating: { list: variables },
    annotations: { list: [] },
    panels: placed,
  }
}
