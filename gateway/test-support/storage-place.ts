import type { FileStorage, StorageLimits } from '../src/data/file-storage.ts'

/** A busy machine may take its time; where a test is about limits, it sets its own. */
export const patient: Partial<StorageLimits> = { answerMs: 20_000 }

/** What a storage does in the middle of a file, once so many bytes of it were given. */
export type Fault = 'none' | 'breaks off' | 'falls silent'

/**
 * A place where files lie, seen from both sides: the storage that is tested, and what it asked the
 * place for. The same tests run on each kind of place.
 */
export interface StoragePlace {
  readonly name: string
  /** A storage that reads this place. */
  storage(limits?: Partial<StorageLimits>): FileStorage
  put(path: string, bytes: Uint8Array): Promise<void>
  remove(path: string): Promise<void>
  /** The paths that were asked for since the last look, letter by letter as they were asked for. */
  asked(): string[]
  /** How many readings are open: connections, or handles. */
  held(): number
  /** What happens to each reading from now on. */
  fault(kind: Fault, afterBytes?: number): void
  /** Takes the place away, or lets it say nothing any more, until it is `back`. */
  gone(): Promise<void>
  mute(): void
  back(): Promise<void>
  close(): Promise<void>
}
