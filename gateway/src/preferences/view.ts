import { z } from 'zod'
import { GatewayError } from '../edge/gateway-error.ts'
import { invalid, preferenceName } from './preference.ts'

/**
 * A view is a preference whose value says so under this key: what the shell has captured of a page,
 * or nothing where an app keeps values of its own beside it (docs/decisions/0010-views.md).
 */
export const viewKey = '$view'

/** What is listed of a view; its content is asked for apart. */
export interface ViewSummary {
  readonly id: string
  readonly dashboard: string
  readonly name: string
  readonly isMine: boolean
  /** Opens with the dashboard; one's own only. */
  readonly isDefault: boolean
  readonly isShared: boolean
  /** Whose it is, where it is somebody else's. */
  readonly sharedBy: string | null
  readonly version: number
  readonly updatedAt: Date
  /** Where in the dashboard it was saved, if not on its first page. */
  readonly path: string | null
}

export interface View extends ViewSummary {
  readonly value: Readonly<Record<string, unknown>>
}

/** Left out, something stays as it is. */
export interface ViewChange {
  readonly name?: string | undefined
  readonly isDefault?: boolean | undefined
  readonly isShared?: boolean | undefined
}

const idForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Checked before the database reads it as a uuid, which takes other spellings as well. */
export const isViewId = (text: string | undefined): text is string => idForm.test(text ?? '')

const changeShape = z.strictObject({
  name: z.string().optional(),
  isDefault: z.boolean().optional(),
  isShared: z.boolean().optional(),
})

/** @throws {GatewayError} 400, naming the field that does not fit */
export function viewChange(body: unknown): ViewChange {
  const parsed = changeShape.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(issue?.message ?? 'does not fit', issue?.path.join('.') || '(body)')
  }
  if (parsed.data.name !== undefined) preferenceName(parsed.data.name)
  return parsed.data
}

export const noSuchView = () =>
  new GatewayError(404, 'view_not_found', 'There is no such view, or it is not shared with you.')

export const nameTaken = () =>
  new GatewayError(409, 'name_taken', 'You have something of that name on this dashboard already.')
