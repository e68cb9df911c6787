import type { Transaction } from '../db/client.ts'
import { addKey, databaseTime, lockRings, promoteKey } from './key-store.ts'
import { isWaiting } from './key-row.ts'
import { readRows, retireKeysInUse } from './key-store.ts'
import { ringNames } from './key-row.ts'
import type { KeyRow, RingName } from './key-row.ts'
import { openSecret, type MasterKeys } from './master-seal.ts'
import { acceptedAfterRetirement, publishedBeforeUse } from './retention.ts'

/** What became of a ring. */
export interface RotatedRing {
  readonly ring: RingName
  /** The key that makes what is new. */
  readonly kid: string
  /** Now, or later where apps must hear of the key first. */
  readonly usedFrom: Date
  /** Keys that made something before, and until when that is accepted at the least. */
  readonly previous: readonly { readonly kid: string; readonly acceptedUntil: Date }[]
}

export interface RotationOrder {
  /** All of them when left out. */
  readonly ring?: RingName | undefined
  /** Names the order: once it has been carried out, the same order again changes nothing. */
  readonly rotationId?: string | undefined
}

export interface Rotation {
  /** `another`: an order of that name was for other rings. */
  readonly outcome: 'rotated' | 'repeated' | 'another'
  readonly rotated: readonly RotatedRing[]
}

/** New keys are used at once by everybody; what the ones before have made stays good. */
export async function rotateRings(
  tx: Transaction,
  masterKeys: MasterKeys,
  { ring, rotationId }: RotationOrder,
  sessionSeconds: number,
): Promise<Rotation> {
  await lockRings(tx)
  const wanted = ring ? [ring] : ringNames
  const before = await readRows(tx)
  const done = before.filter((row) => rotationId !== undefined && row.rotationId === rotationId)
  if (done.length > 0) {
    const asWanted = wanted.flatMap((name) => done.filter((row) => row.ring === name))
    const isSame = asWanted.length === wanted.length && done.length === wanted.length
    const rotated = isSame ? outcomesOf(asWanted, before, sessionSeconds) : []
    return { outcome: isSame ? 'repeated' : 'another', rotated }
  }
  const now = await databaseTime(tx)
  const kids: string[] = []
  for (const name of wanted) {
    const rows = before.filter((row) => row.ring === name)
    kids.push(await rotateRing(tx, masterKeys, name, { rows, now, rotationId }))
  }
  const after = await readRows(tx)
  const made = kids.flatMap((kid) => after.filter((row) => row.kid === kid))
  return { outcome: 'rotated', rotated: outcomesOf(made, after, sessionSeconds) }
}

interface Moment {
  readonly rows: readonly KeyRow[]
  readonly now: Date
  readonly rotationId: string | undefined
}

async function rotateRing(
  tx: Transaction,
  masterKeys: MasterKeys,
  ring: RingName,
  { rows, now, rotationId }: Moment,
): Promise<string> {
  if (ring !== 'tenant-token') {
    await retireKeysInUse(tx, ring, now)
    return addKey(tx, masterKeys, ring, { usedFrom: now, rotationId })
  }
  // The one that waits takes over, unless it is damaged, and another one begins to wait.
  const next = rows.find((row) => isWaiting(row) && openSecret(masterKeys, row) !== undefined)
  const usedFrom = next ? whenHeardOf(next, now) : after(now, publishedBeforeUse)
  await retireKeysInUse(tx, ring, usedFrom)
  const kid = await (next
    ? promoteKey(tx, next.kid, { usedFrom, rotationId })
    : addKey(tx, masterKeys, ring, { usedFrom, rotationId }))
  await addKey(tx, masterKeys, ring, { usedFrom: null })
  return kid
}

const after = (time: Date, seconds: number) => new Date(time.getTime() + seconds * 1000)

/** When every app has fetched the key set since the key is part of it. */
const whenHeardOf = (key: KeyRow, now: Date) =>
  new Date(Math.max(now.getTime(), after(key.createdAt, publishedBeforeUse).getTime()))

function outcomesOf(
  keys: readonly KeyRow[],
  all: readonly KeyRow[],
  sessionSeconds: number,
): RotatedRing[] {
  return keys.map(({ ring, kid, usedFrom, createdAt }) => {
    const since = usedFrom ?? createdAt
    const accepted = acceptedAfterRetirement(ring, sessionSeconds)
    const previous = all.flatMap((key) =>
      key.ring === ring && key.retiredAt && key.retiredAt <= since
        ? [{ kid: key.kid, acceptedUntil: after(key.retiredAt, accepted) }]
        : [],
    )
    return { ring, kid, usedFrom: since, previous }
  })
}
