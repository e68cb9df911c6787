import type { History } from './history.ts'

/** What the canary has to say to one tenant: of its dashboards, which were asked, when, what was found. */
export interface Report {
  readonly tenantId: string
  readonly since: string
  readonly until: string
  readonly rounds: number
  readonly dashboards: readonly DashboardReport[]
  readonly crossings: History['crossings']
}

interface DashboardReport {
  readonly dashboard: string
  /** Nothing where no round has asked it. */
  readonly lastAskedAt: string | undefined
  readonly answers: number
  readonly failed: number
  /** Surfaces where a canary tenant's own mark was seen, so that the other's would have been. */
  readonly proven: readonly string[]
  readonly unproven: readonly string[]
  readonly crossings: number
}

/**
 * @param tenantId whom the report is for
 * @param dashboards that this tenant has; the canary tenants stand for it there
 */
export function reportFor(
  history: History,
  tenantId: string,
  dashboards: readonly string[],
  now: Date,
): Report {
  const wanted = new Set(dashboards)
  return {
    tenantId,
    since: history.since,
    until: now.toISOString(),
    rounds: history.rounds,
    dashboards: [...wanted].toSorted().map((dashboard) => reportOn(history, dashboard)),
    // What belongs to no dashboard, the list and the session, concerns everybody.
    crossings: history.crossings.filter(
      ({ dashboard }) => dashboard === '' || wanted.has(dashboard),
    ),
  }
}

function reportOn({ tenants, crossings }: History, dashboard: string): DashboardReport {
  const asked = Object.values(tenants).flatMap((known) => known[dashboard] ?? [])
  const counts = asked.flatMap(({ surfaces }) => Object.entries(surfaces))
  const names = [...new Set(counts.map(([name]) => name))].toSorted()
  const isProven = (name: string) => counts.every(([one, { own }]) => one !== name || own > 0)
  const sum = (of: 'answers' | 'failed') => counts.reduce((total, [, one]) => total + one[of], 0)
  return {
    dashboard,
    lastAskedAt: asked
      .map(({ lastAskedAt }) => lastAskedAt)
      .toSorted()
      .at(-1),
    answers: sum('answers'),
    failed: sum('failed'),
    proven: names.filter(isProven),
    unproven: names.filter((name) => !isProven(name)),
    crossings: crossings.filter((one) => one.dashboard === dashboard).length,
  }
}

const cell = (text: string) => text.replaceAll('|', String.raw`\|`)

/** The report for people. */
export function toMarkdown({
  tenantId,
  since,
  until,
  rounds,
  dashboards,
  crossings,
}: Report): string {
  const verdict =
    crossings.length === 0
      ? 'No answer held anything of another tenant.'
      : `**${crossings.length} answers held what belongs to another tenant.**`
  const rows = dashboards.map(
    ({ dashboard, lastAskedAt = 'never', answers, failed, proven, unproven, crossings: found }) => [
      dashboard,
      lastAskedAt,
      `${answers}`,
      `${failed}`,
      proven.join(', '),
      unproven.join(', '),
      `${found}`,
    ],
  )
  return `# Isolation report: ${tenantId}

${rounds} rounds from ${since} to ${until}. In each, two canary tenants with marked data signed in and asked
every dashboard for all that a browser asks it for; every answer was searched for the other one's mark.

${verdict}

| dashboard | last asked | answers | failed | own mark seen in | not seen in | crossings |
| --- | --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')}

Where the own mark is not seen, the other's could not be seen either: such a surface shows no data of a tenant,
or only figures. Callbacks that run in the background, over a WebSocket, or after a click are not asked.
${crossings.length === 0 ? '' : `\n## Crossings\n\n${crossings.map(crossingLine).join('\n')}\n`}`
}

const crossingLine = (one: Report['crossings'][number]) =>
  `- ${one.at}: ${one.surface} of ${one.dashboard || 'the shell'}, asked as ${one.tenantId}, held ` +
  `\`${one.found}\` of ${one.of} (request ${one.requestId})`
