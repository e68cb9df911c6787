import { mergeLevels, type Config, type ConfigLevels, type DeclaredNames } from './config-merge.ts'
import { extentOf } from './config-schema-bounds.ts'
import type { CompiledSchema } from './config-schema.ts'
import { shapeFaults, type ConfigFault } from './config-shape.ts'

/** The settings of a dashboard for one tenant; or why there are none that could be used. */
export type ConfigState =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

const limits = { bytes: 64 * 1024, depth: 50 }
const anyNames: DeclaredNames = { settings: undefined, filters: undefined, visible: undefined }

/**
 * Merges the three levels and checks what comes out. Settings restrict what a tenant's people may
 * see, so what does not fit is never mended by leaving something out: there is no config then.
 *
 * @param schema the dashboard's own, if it has one
 */
export function fitConfig(schema: CompiledSchema | undefined, levels: ConfigLevels): ConfigState {
  if (schema && !schema.ok) {
    const path = ['configSchema', ...schema.fault.path]
    return { ok: false, faults: [{ ...schema.fault, path }] }
  }
  const tooDeep = Object.values(levels).some((level) => extentOf(level).depth > limits.depth)
  if (tooDeep) return refused(`is more than ${limits.depth} levels deep`)
  const config = mergeLevels(schema?.schema.declared ?? anyNames, levels)
  if (Buffer.byteLength(JSON.stringify(config)) > limits.bytes) {
    return refused(`is larger than ${limits.bytes / 1024} KiB once it is merged`)
  }
  const inShape = shapeFaults(config)
  if (inShape.length > 0) return { ok: false, faults: inShape.slice(0, 20) }
  const { shell: _, ...ofDashboard } = config
  const fault = schema?.schema.faultOf(ofDashboard)
  return fault ? { ok: false, faults: [fault] } : { ok: true, config }
}

const refused = (message: string): ConfigState => ({
  ok: false,
  faults: [{ path: [], message }],
})
