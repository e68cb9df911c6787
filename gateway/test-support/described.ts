import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'

interface Body {
  readonly example?: unknown
}

interface DescribedAnswer {
  readonly $ref?: string
  readonly content?: Readonly<Record<string, Body>>
}

interface DescribedOperation {
  readonly responses: Readonly<Record<string, DescribedAnswer>>
  readonly requestBody?: { readonly content: Readonly<Record<string, Body>> }
}

/** As much of an OpenAPI document as it takes to hold bodies against it. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
}

/** A body that a call may have, or that an answer has: where it stands, and its example. */
export interface DescribedBody {
  readonly call: string
  /** `request`, or the status of the answer. */
  readonly part: string
  readonly type: string
  readonly pointer: string
  readonly example: unknown
}

/** RFC 6901, sections 3 and 6. */
const pointerTo = (...steps: string[]) =>
  `#/${steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`

const bodiesBelow = (call: string, part: string, pointer: string, content = {}) =>
  Object.entries<Body>(content).map(([type, { example }]): DescribedBody => ({
    call,
    part,
    type,
    pointer: `${pointer}/content/${pointerTo(type).slice(2)}/schema`,
    example,
  }))

/** The bodies in an OpenAPI document, and whether a value fits one. */
export function describedBy(document: ApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  const base = 'https://api.invalid/openapi.json'
  ajv.addSchema(document, base)

  const at = (ref: string) =>
    ref
      .slice(2)
      .split('/')
      .reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], document)

  function bodiesOf(path: string, method: string): DescribedBody[] {
    const operation = document.paths[path]?.[method]
    if (!operation) return []
    const call = `${method.toUpperCase()} ${path}`
    const above = ['paths', path, method]
    const answers = Object.entries(operation.responses).flatMap(([status, answer]) => {
      const { content } = answer.$ref ? (at(answer.$ref) as DescribedAnswer) : answer
      return bodiesBelow(
        call,
        status,
        answer.$ref ?? pointerTo(...above, 'responses', status),
        content,
      )
    })
    const request = pointerTo(...above, 'requestBody')
    return [...bodiesBelow(call, 'request', request, operation.requestBody?.content), ...answers]
  }

  return {
    bodies: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).flatMap((method) => bodiesOf(path, method)),
    ),

    /** What is wrong with a value as that body; nothing when it fits. */
    faults({ pointer }: DescribedBody, value: unknown): string[] {
      const check = ajv.getSchema(base + pointer)
      if (!check) return [`there is no schema at ${pointer}`]
      if (check(value)) return []
      return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
    },

    /** The path as the document has it, for the path of a request. */
    pathOf: (path: string) =>
      Object.keys(document.paths)
        // `/admin/sessions/revoke` before `/admin/sessions/{id}`.
        .toSorted((a, b) => a.split('{').length - b.split('{').length)
        .find((one) => new RegExp(`^${one.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)),
  }
}
