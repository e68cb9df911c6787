import { constants as os, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { CoderTask } from './coder.ts'
import { effort } from './coding-effort.ts'

const encoders = { br: brotliCompressSync, zstd: zstdCompressSync, gzip: gzipSync }

// On Linux this is the priority of the thread alone: requests are answered first.
try {
  setPriority(0, os.priority.PRIORITY_LOW)
} catch {
  // Not everywhere is it allowed, and it is only a courtesy.
}

parentPort?.on('message', ({ bytes, coding }: CoderTask) => {
  parentPort?.postMessage(encoders[coding](bytes, effort('best', coding, bytes.length)), [])
})
