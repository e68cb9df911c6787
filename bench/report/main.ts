/** `npm run docs:performance`: puts `bench/results.json` into docs/performance.md, as table and chart. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { root } from '../../dev/paths.ts'
import { type Results, resultsFile } from '../results.ts'
import { drawChart } from './chart.ts'
import { panelsOf } from './panels.ts'
import { markdownOf } from './markdown.ts'

const document = join(root, 'docs', 'performance.md')
const picture = join(root, 'docs', 'pictures', 'performance.svg')
const begin = '<!-- results: made by `npm run docs:performance` -->'
const end = '<!-- end of results -->'

const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as Results
const text = readFileSync(document, 'utf8')
const [from, to] = [text.indexOf(begin), text.indexOf(end)]
if (from < 0 || to < from) throw new Error(`${document} has no place for the results`)
const whole = `${text.slice(0, from + begin.length)}\n\n${markdownOf(results)}\n${text.slice(to)}`
const options = await resolveConfig(document)
writeFileSync(document, await format(whole, { ...options, filepath: document }))
writeFileSync(picture, drawChart(panelsOf(results.figures), 'First loads and CPU per request'))
