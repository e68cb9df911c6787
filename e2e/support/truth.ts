import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { settingsOf, tenantConfig } from '../../dev/demo-config.ts'
import { demoDirectory, pythonBin } from '../../dev/paths.ts'

/** What the dashboards must show, computed from a tenant's Parquet file in another way than theirs. */

const latestOf = `
import json, sys, pandas
file, basis, lines = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
frame = pandas.read_parquet(file)
if lines:
    frame = frame[frame.line_of_business.isin(lines)]
print(frame.loc[frame.groupby(["line_of_business", "accident_year"]).age.idxmax(), basis].sum())
`

interface Filters {
  readonly 'line-of-business': { readonly options?: readonly string[]; readonly default: string }
  readonly basis: { readonly default: string }
}

/** What loss development opens with for a tenant, who has saved no filters yet. */
export function openingOf(tenantId: string) {
  const own = tenantConfig[tenantId as keyof typeof tenantConfig]
  const { 'line-of-business': line, basis }: Filters = {
    ...settingsOf['loss-development'].defaultConfig.filters,
    ...('filters' in own ? own.filters : {}),
  }
  return { line: line.default, basis: basis.default, options: line.options }
}

/** The latest diagonal of the lines of business that a tenant's people see first, thousand USD. */
export async function openingTotal(tenantId: string): Promise<number> {
  const { line, basis, options } = openingOf(tenantId)
  const lines = line === 'All lines' ? options?.filter((one) => one !== line) : [line]
  const file = join(demoDirectory, 'datasets', tenantId, 'triangles.parquet')
  return latestTotal(file, basis, lines)
}

/** The latest diagonal of a file, of all its lines of business where none are named. */
export async function latestTotal(
  file: string,
  basis: string,
  lines?: readonly string[],
): Promise<number> {
  const python = join(pythonBin, 'python')
  const asked = ['-c', latestOf, file, basis, JSON.stringify(lines ?? null)]
  const { stdout } = await promisify(execFile)(python, asked)
  return Number(stdout)
}
