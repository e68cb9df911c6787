import type { Config } from './config-merge.ts'
import { extentOf, schemaLimits } from './config-schema-bounds.ts'
import { compileConfigSchema, type CompiledSchema } from './config-schema.ts'

/** One that goes too deep is refused as fast as it could be found, and must not be written out. */
const textOf = (schema: Config): string | undefined =>
  extentOf(schema).depth > schemaLimits.depth ? undefined : JSON.stringify(schema)

/** A schema takes milliseconds to compile and changes rarely: once for each text that is in use. */
export function createSchemaCache() {
  let known = new Map<string, CompiledSchema>()
  return {
    compiled(schema: Config): CompiledSchema {
      const text = textOf(schema)
      if (text === undefined) return compileConfigSchema(schema)
      const found = known.get(text) ?? compileConfigSchema(schema)
      known.set(text, found)
      return found
    },

    /** Forgets all but these. */
    keepOnly(schemas: readonly (Config | null)[]): void {
      const used = new Set(schemas.map((schema) => schema && textOf(schema)))
      known = new Map([...known].filter(([text]) => used.has(text)))
    },
  }
}
