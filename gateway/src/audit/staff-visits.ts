/** A line of the audit log about staff: they chose a tenant, or opened one of its dashboards. */
export interface StaffLine {
  readonly at: Date
  readonly action: string
  readonly actor: string
  readonly actorEmail: string | null
  readonly dashboard: string | null
  readonly requestId: string
  readonly reason: string | null
}

/** What one of the staff did for a tenant, from choosing it until choosing again. */
export interface StaffVisit {
  readonly at: Date
  readonly actor: string
  readonly actorEmail: string | null
  readonly requestId: string
  readonly reason: string | undefined
  /** Slugs, in the order in which they were opened first. */
  readonly dashboards: ReadonlySet<string>
  /** False where only openings are known: staff of one tenant choose none, and older lines were not read. */
  readonly isBeginning: boolean
}

/** Puts openings to the visits that they belong to. Both newest first. */
export function visitsOf(lines: readonly StaffLine[]): StaffVisit[] {
  const visits: (StaffVisit & { dashboards: Set<string> })[] = []
  const current = new Map<string, (typeof visits)[number]>()
  for (const line of lines.toReversed()) {
    const isBeginning = line.action === 'tenant.switched'
    let visit = current.get(line.actor)
    if (isBeginning || !visit) {
      const { at, actor, actorEmail, requestId } = line
      const reason = (isBeginning && line.reason) || undefined
      visit = { at, actor, actorEmail, requestId, reason, isBeginning, dashboards: new Set() }
      visits.push(visit)
      current.set(actor, visit)
    }
    if (line.dashboard !== null) visit.dashboards.add(line.dashboard)
  }
  return visits.toReversed()
}
