/** What the demo's dashboards can be told, and what the tenants tell them. */

/** As in demo-data/make_datasets.py; the first stands for the sum of those that may be chosen. */
const lines = [
  'All lines',
  'Commercial auto',
  'Medical malpractice',
  'Other liability',
  'Private passenger auto',
  'Product liability',
  "Workers' compensation",
] as const
type Line = (typeof lines)[number]

const filter = (values: readonly unknown[]) => ({
  type: 'object',
  properties: {
    options: { type: 'array', items: { enum: values } },
    default: { enum: values },
  },
  additionalProperties: false,
})

/** JSON Schema of an app with these filters, and these components that can be hidden. */
const schemaOf = (filters: Record<string, readonly unknown[]>, components: readonly string[]) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    filters: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(filters).map(([name, values]) => [name, filter(values)]),
      ),
      additionalProperties: false,
    },
    visible: {
      type: 'object',
      properties: Object.fromEntries(components.map((name) => [name, { type: 'boolean' }])),
      additionalProperties: false,
    },
  },
  additionalProperties: false,
})

export const settingsOf = {
  'loss-development': {
    configSchema: schemaOf({ 'line-of-business': lines, basis: ['paid', 'incurred'] }, [
      'triangle',
      'factors',
      'ultimates',
      'results',
      'download',
    ]),
    defaultConfig: {
      filters: { 'line-of-business': { default: 'All lines' }, basis: { default: 'paid' } },
    },
  },
  'reserve-variability': {
    configSchema: schemaOf({ 'line-of-business': lines, simulations: [1000, 5000, 20000] }, [
      'most-uncertain',
    ]),
    defaultConfig: { filters: { simulations: { default: 5000 } } },
  },
  'claims-monitor': {
    configSchema: schemaOf({ 'line-of-business': lines }, ['feed', 'pattern']),
    defaultConfig: {},
  },
}

const linesOfBusiness = (options: readonly Line[], chosen: Line) => ({ options, default: chosen })

/** For all dashboards of a tenant; what one of them does not know is left out there. */
export const tenantConfig = {
  'acme-corp': { visible: { 'most-uncertain': false } },
  globex: {
    filters: {
      'line-of-business': linesOfBusiness(
        ['All lines', 'Commercial auto', 'Private passenger auto', 'Product liability'],
        'All lines',
      ),
      basis: { default: 'incurred' },
    },
    visible: { factors: false },
  },
  initech: {
    filters: {
      'line-of-business': linesOfBusiness(
        ['Commercial auto', 'Private passenger auto'],
        'Private passenger auto',
      ),
      basis: { options: ['incurred'], default: 'incurred' },
    },
    visible: { ultimates: false },
  },
}

/** For one dashboard of a tenant. */
export const assignmentConfig: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  'acme-corp': {
    'reserve-variability': {
      filters: {
        'line-of-business': linesOfBusiness(
          ['Commercial auto', 'Private passenger auto', 'Product liability'],
          'Private passenger auto',
        ),
      },
    },
  },
  globex: {
    'loss-development': {
      shell: { description: 'Motor and product liability: triangles and ultimates' },
    },
  },
}
