import { expect, it } from 'vitest'
import { homeDashboards } from './home-model.ts'

const dashboard = (slug: string, title: string, description = '') => ({
  slug,
  title,
  description,
  appUrl: 'http://127.0.0.1:1',
  replicaUrls: [],
  defaultConfig: {},
  configSchema: null,
})
const all = [
  dashboard('loss-development', 'Loss development', 'Triangles of paid losses'),
  dashboard('claims-monitor', 'Schadenmonitor', 'Größte Schäden'),
]
const slugs = (query: string) => homeDashboards(all, new Map(), query).map(({ slug }) => slug)

it.each([
  ['', ['loss-development', 'claims-monitor']],
  ['TRIANG', ['loss-development']],
  ['schaden großte', ['claims-monitor']],
  ['loss monitor', []],
  ['claims-', ['claims-monitor']],
])('a search for %j finds %j', (query, expected) => expect(slugs(query)).toEqual(expected))

it('carries favourites and openings of those that are still assigned', () => {
  const openedAt = new Date(5)
  const marks = new Map([
    ['claims-monitor', { isFavourite: true, openedAt }],
    ['taken-away', { isFavourite: true, openedAt }],
  ])
  expect(homeDashboards(all, marks, '')).toMatchObject([
    { slug: 'loss-development', isFavourite: false },
    { slug: 'claims-monitor', isFavourite: true, openedAt: 5 },
  ])
})
