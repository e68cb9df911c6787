/** A test, or a group of tests, that says in its name what it covers. */
export interface Covering {
  readonly id: string
  readonly file: string
  readonly name: string
}

/**
 * Names of tests in TypeScript: the first argument of `it` and `describe`, and that of what `it.each`
 * gives back. A test that is skipped has none here.
 */
const call = /(?:\b(?:describe|it|test)(?:\.(?:runIf|sequential))?|[)\]`])\(\s*/
const literal = /(?:'((?:\\.|[^'\\\n])*)'|"((?:\\.|[^"\\\n])*)"|`((?:\\.|[^`\\])*)`)/
const named = new RegExp(call.source + literal.source, 'g')

/** Names of tests in Python, which are functions: `test_v49_…`. */
const pythonNamed = /^\s*(?:async )?def (test_\w+)/gm

function namesIn(file: string, source: string): string[] {
  return file.endsWith('.py')
    ? [...source.matchAll(pythonNamed)].map(([, name = '']) => name)
    : [...source.matchAll(named)].map(([, one, two, three]) => one ?? two ?? three ?? '')
}

const idsIn = (file: string, name: string) =>
  file.endsWith('.py')
    ? [...name.matchAll(/(?<=_)([a-z]\d{1,2})(?=_|$)/g)].map(([, id = '']) => id.toUpperCase())
    : [...name.matchAll(/\b([A-Z]\d{1,2})\b/g)].map(([, id = '']) => id)

/** What the tests of a file cover, of the ids that there are. */
export function coveringIn(
  file: string,
  source: string,
  ids: Readonly<Record<string, unknown>>,
): Covering[] {
  return namesIn(file, source).flatMap((name) =>
    [...new Set(idsIn(file, name))]
      .filter((id) => Object.hasOwn(ids, id))
      .map((id) => ({ id, file, name })),
  )
}
