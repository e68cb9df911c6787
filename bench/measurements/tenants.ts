import { Visitor } from '../../gateway/test/support/visitor.ts'
import { bars } from '../bars.ts'
import { assertAnswers, type Bench, constantPath, type Contestant, headersOf } from '../bench.ts'
import { createDatabase } from '../databases.ts'
import { type FreshGateway, settledMemory, withGateway } from '../gateways.ts'
import { sendLoad } from '../load/wrk.ts'
import type { Measurement } from '../measurement.ts'
import { median } from '../percentile.ts'
import { figure, inRounds } from '../rounds.ts'

const few = 10
const many = 100_000
/** So few that nobody waits for anybody. */
const connections = 1
/** In turns, and short ones: what else the machine does then meets both alike. */
const turns = 4

async function contestantAt(
  bench: Bench,
  name: string,
  { url, pid }: FreshGateway,
): Promise<Contestant> {
  const { info } = await bench.stack()
  const visitor = new Visitor(info.publicUrl)
  visitor.via = url
  await visitor.signIn('viewer@acme.test')
  return { name, url: url + constantPath, headers: headersOf(visitor), pid }
}

/** What a gateway of a hundred thousand tenants costs against one of ten. */
export const tenants: Measurement = {
  name: 'tenants',
  async run(bench) {
    const stack = await bench.stack()
    const { url: appUrl } = await bench.app()
    const amount = bench.isShort ? 100 : many
    bench.say(`filling a database with ${amount} tenants`)
    const make = (name: string, tenants: number) =>
      createDatabase(stack, { name, tenants, appUrl, slug: 'constant' })
    // The demo's three are in both.
    const databases = { few: await make('few', few - 3), many: await make('many', amount - 3) }
    const seconds = bench.isShort ? 1 : 2
    const rounds = await inRounds(bench.rounds, () =>
      withGateway(bench, { environment: { DATABASE_URL: databases.few } }, (small) =>
        withGateway(bench, { environment: { DATABASE_URL: databases.many } }, async (large) => {
          const pair = {
            small: await contestantAt(bench, 'with few tenants', small),
            large: await contestantAt(bench, 'with many tenants', large),
          }
          for (const one of Object.values(pair)) await sendLoad({ ...one, connections, seconds })
          const p50s: { small: number[]; large: number[] } = { small: [], large: [] }
          for (let turn = 0; turn < turns; turn += 1) {
            for (const which of ['small', 'large'] as const) {
              const { p50 } = await sendLoad({ ...pair[which], connections, seconds })
              p50s[which].push(p50)
            }
          }
          for (const one of Object.values(pair)) await assertAnswers(one)
          return {
            smallMegabytes: (await settledMemory(small.pid)) / 1e6,
            largeMegabytes: (await settledMemory(large.pid)) / 1e6,
            smallP50: median(p50s.small),
            largeP50: median(p50s.large),
            smallStart: small.startSeconds,
            largeStart: large.startSeconds,
          }
        }),
      ),
    )
    type Round = (typeof rounds)[number]
    const of = (name: keyof Round) => median(rounds.map((round) => round[name]))
    return [
      figure(
        {
          name: '100,000 tenants, memory added',
          unit: 'MB',
          bar: bars.tenantsMegabytes,
          details: { 'with few MB': of('smallMegabytes'), 'with many MB': of('largeMegabytes') },
        },
        rounds.map(({ smallMegabytes, largeMegabytes }) => largeMegabytes - smallMegabytes),
      ),
      figure(
        {
          name: '100,000 tenants, median latency ÷ with 10',
          bar: bars.tenantsLatency,
          details: { 'with few ms': of('smallP50'), 'with many ms': of('largeP50') },
        },
        rounds.map(({ smallP50, largeP50 }) => largeP50 / smallP50),
      ),
      figure(
        {
          name: '100,000 tenants, start until ready',
          unit: 's',
          bar: bars.startSeconds,
          details: { 'with few s': of('smallStart') },
        },
        rounds.map(({ largeStart }) => largeStart),
      ),
    ]
  },
}
