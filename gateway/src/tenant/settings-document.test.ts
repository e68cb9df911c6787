import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { fitConfig } from './config-fit.ts'
import { compileConfigSchema } from './config-schema.ts'
import type { Config } from './config-merge.ts'

it('settings merge and fit as the document about them shows', () => {
  const text = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')
  const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(
    ([, json]) => JSON.parse(json ?? '') as Config,
  )
  const [dashboard = {}, tenant = {}, assignment = {}, config = {}, configSchema = {}] = blocks
  const schema = compileConfigSchema(configSchema)
  expect(fitConfig(schema, { dashboard, tenant, assignment })).toEqual({ ok: true, config })
  expect(blocks).toHaveLength(5)
})
