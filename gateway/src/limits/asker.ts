import type { Importance } from './importance.ts'
import type { Limits } from './limits.ts'

/** Who wants an app to work, and how much of that there may be. */
export interface Asker {
  readonly tenantId: string
  readonly user: string
  readonly limits: Limits
  readonly importance: Importance
}

/** Gives a turn back; more than once does nothing. */
export type Release = () => void
