import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { demoDirectory, pythonBin } from '../../dev/paths.ts'

/** What the dashboards must show, computed from a tenant's Parquet file in another way than theirs. */

const paidToDateOf = `
import sys, pandas
frame = pandas.read_parquet(sys.argv[1])
print(frame.loc[frame.groupby(["line_of_business", "accident_year"]).age.idxmax(), "paid"].sum())
`

/** Paid on the latest diagonal of all lines of business, thousand USD. */
export async function paidToDate(tenantId: string): Promise<number> {
  const file = join(demoDirectory, 'datasets', tenantId, 'triangles.parquet')
  const python = join(pythonBin, 'python')
  const { stdout } = await promisify(execFile)(python, ['-c', paidToDateOf, file])
  return Number(stdout)
}
