import type { z } from 'zod'

/** One field that is wrong, and how. */
export interface FieldFault {
  /** Path in the body, `branding.colors.primary`, or the name of a parameter. */
  readonly field: string
  readonly message: string
  /** Where settings do not fit: whose, or which dashboard's. */
  readonly tenant?: string
  readonly dashboard?: string
}

type Issue = z.core.$ZodIssue

/** As many as help; a body could hold thousands. */
const shown = 20
const longest = 100

/** What a schema found wrong, by field. */
export const faultsOf = (error: z.ZodError): FieldFault[] =>
  error.issues.flatMap((issue) => faultsOfIssue(issue, [])).slice(0, shown)

function faultsOfIssue(issue: Issue, above: readonly PropertyKey[]): FieldFault[] {
  const path = [...above, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => fault([...path, key], 'is not known here'))
  }
  if (issue.code === 'invalid_union') {
    return branchMeant(issue.errors).flatMap((one) => faultsOfIssue(one, path))
  }
  return [fault(path, issue.message)]
}

/** Of the forms that a value may have, the one whose type it has. */
const branchMeant = (branches: readonly Issue[][]): readonly Issue[] =>
  branches.find(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  ) ??
  branches[0] ??
  []

const fault = (path: readonly PropertyKey[], message: string): FieldFault => ({
  field: path.map(String).join('.').slice(0, longest) || '(body)',
  message,
})
