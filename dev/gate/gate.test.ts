import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createPaints } from '../paint.ts'
import { demoDirectory, root } from '../paths.ts'
import { plan } from './checks.ts'
import { choose, runGate } from './gate.ts'
import type { Check, Plan } from './plan.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dashgate-gate-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** A check that runs vitest, on a file for each of the tests. */
async function checkOf(name: string, ...tests: string[]): Promise<Check> {
  const unique = `${basename(folder)} ${name}`
  const place = await mkdtemp(join(folder, 'sample-'))
  const report = join(place, 'report.json')
  for (const [index, test] of tests.entries()) {
    await writeFile(join(place, `sample-${index}.test.ts`), test)
  }
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const options = ['--globals', '--reporter=default', '--reporter=json']
  return {
    name: unique,
    file: process.execPath,
    args: [vitest, 'run', '--root', place, ...options, `--outputFile.json=${report}`],
    report: { file: report, format: 'vitest' },
  }
}

const passing = `it('holds', () => {})`
const failing = `it('holds no more', () => { throw new Error('no more') })`

/** Fails in its first run, and in no other. */
const flaky = (mark: string) => `
  import { existsSync, writeFileSync } from 'node:fs'
  it('holds at the second go', () => {
    const isFirst = !existsSync('${mark}')
    writeFileSync('${mark}', '')
    if (isFirst) throw new Error('not yet')
  })`

/** Runs a gate and gives back what it said and ended with. */
async function run(of: Plan, signal = new AbortController().signal) {
  let said = ''
  const write = (text: string) => void (said += text)
  const exitCode = await runGate(of, { paint: createPaints(false, {}), signal, write })
  const names = [...of.first, ...of.lanes.flat(), ...of.long].map(({ name }) => name)
  for (const name of names.flatMap((one) => [one, `${one} again`])) {
    await rm(join(demoDirectory, 'logs', `check-${name.replaceAll(' ', '-')}.log`), { force: true })
  }
  return { exitCode, said, lastLine: said.trimEnd().split('\n').at(-1) }
}

describe('the gate', () => {
  it('adds all up in one last line', async () => {
    const [one, two] = [await checkOf('unit', passing), await checkOf('hostile', passing)]
    const { exitCode, lastLine } = await run({ first: [], lanes: [[one]], long: [two] })
    expect([exitCode, lastLine]).toEqual([0, '2 passed, 0 failed'])
  }, 60_000)

  it('fails when a hostile test does, and shows why', async () => {
    const [one, two] = [await checkOf('unit', passing), await checkOf('hostile', failing)]
    const { exitCode, lastLine, said } = await run({ first: [], lanes: [[one]], long: [two] })
    expect([exitCode, lastLine]).toEqual([1, '1 passed, 1 failed'])
    expect(said).toContain('no more')
  }, 60_000)

  it('fails when a hostile run never came to its tests', async () => {
    const broken = await checkOf('hostile', 'import "./missing.ts"')
    const one = await checkOf('unit', passing)
    const { exitCode, lastLine } = await run({ first: [], lanes: [[one]], long: [broken] })
    expect([exitCode, lastLine]).toEqual([1, '1 passed, 1 failed'])
  }, 60_000)

  it('shows what a hostile run has measured, also when it passed', async () => {
    const measuring = `it('measures', () => process.stdout.write('slowest 17 ms'))`
    const check = { ...(await checkOf('hostile', measuring)), isMeasuring: true }
    const { said } = await run({ first: [], lanes: [], long: [check] })
    expect(said).toContain('slowest 17 ms')
  }, 60_000)

  it('does not pass when it was ended', async () => {
    const { exitCode, lastLine } = await run(
      { first: [], lanes: [[await checkOf('unit', passing)]], long: [] },
      AbortSignal.abort(),
    )
    expect([exitCode, lastLine]).toEqual([1, '0 passed, 0 failed'])
  })
})

describe('a file of a check that is run again when it fails', () => {
  it('passes and is named as flaky when it holds then', async () => {
    const check = await checkOf('scenarios', flaky(join(folder, 'ran')), passing)
    const plan = { first: [], lanes: [[{ ...check, isRunAgain: true }]], long: [] }
    const { exitCode, lastLine, said } = await run(plan)
    expect([exitCode, lastLine]).toEqual([0, '2 passed, 0 failed'])
    expect(said).toContain('flaky sample-0.test.ts: holds at the second go')
    expect(said).toContain('Error: not yet')
    expect(said).toMatch(/scenarios again .* 1 passed/)
  }, 60_000)

  it('fails when it does not hold then either', async () => {
    const check = await checkOf('scenarios', failing, passing)
    const plan = { first: [], lanes: [[{ ...check, isRunAgain: true }]], long: [] }
    const { exitCode, lastLine, said } = await run(plan)
    expect([exitCode, lastLine]).toEqual([1, '1 passed, 1 failed'])
    expect(said).not.toContain('flaky')
  }, 60_000)

  it('fails when it never comes to its tests', async () => {
    const check = await checkOf('scenarios', 'import "./missing.ts"', passing)
    const plan = { first: [], lanes: [[{ ...check, isRunAgain: true }]], long: [] }
    const { exitCode, lastLine } = await run(plan)
    expect([exitCode, lastLine]).toEqual([1, '1 passed, 1 failed'])
  }, 60_000)

  it('gets no second go elsewhere', async () => {
    const check = await checkOf('unit', flaky(join(folder, 'ran once')))
    const { lastLine } = await run({ first: [], lanes: [[check]], long: [] })
    expect(lastLine).toBe('0 passed, 1 failed')
  }, 60_000)
})

describe('what the gate runs', () => {
  const namesOf = ({ first, lanes, long }: Plan) => ({
    usual: [...first, ...lanes.flat()].map(({ name }) => name),
    long: long.map(({ name }) => name),
  })

  it('is everything but what takes long, unless that is asked for', async () => {
    const all = await plan()
    const usual = namesOf(choose(all, []))
    expect(usual.usual).toContain('gateway scenarios')
    expect(usual.usual.filter((name) => /hostile|operations/.test(name))).toEqual([])
    expect(usual.long).toEqual([])
    expect(namesOf(choose(all, ['--long']))).toEqual({
      ...usual,
      long: [
        'gateway scenarios long',
        'web browser long',
        'e2e e2e long',
        'bench in short',
        'gateway operations',
        'gateway hostile',
      ],
    })
  })

  it('leaves no file out: what a project does not run by itself is run with the long ones', async () => {
    const { lanes, long } = await plan()
    const excluded = lanes
      .flat()
      .flatMap(({ cwd, args }) =>
        args
          .filter((arg) => arg.startsWith('--exclude='))
          .map((arg) => join(cwd ?? '', arg.slice('--exclude='.length))),
      )
    const kept = long.flatMap(({ cwd, files = [] }) => files.map((file) => join(cwd ?? '', file)))
    expect(kept).toEqual(excluded)
    expect(kept.filter((file) => !existsSync(file))).toEqual([])
  })

  it('is what was named', async () => {
    expect(namesOf(choose(await plan(), ['hostile']))).toEqual({
      usual: [],
      long: ['gateway hostile'],
    })
    expect(namesOf(choose(await plan(), ['gateway unit', 'types'])).usual).toEqual([
      'types',
      'gateway unit',
    ])
  })
})
