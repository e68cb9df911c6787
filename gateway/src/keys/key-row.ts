import type { keyRings } from '../db/schema.ts'

export const ringNames = ['cookie', 'tenant-token', 'data'] as const
export type RingName = (typeof ringNames)[number]

/** A key as it is kept. */
export type KeyRow = typeof keyRings.$inferSelect

/** Published, and not yet used. */
export const isWaiting = (key: KeyRow) => key.usedFrom === null && key.retiredAt === null
export const isInUse = (key: KeyRow) => key.usedFrom !== null && key.retiredAt === null
