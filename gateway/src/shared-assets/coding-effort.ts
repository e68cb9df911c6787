import { constants, type BrotliOptions, type ZlibOptions, type ZstdOptions } from 'node:zlib'
import type { Coding } from '../http/content-coding.ts'

/** `quick` so that an early visitor need not wait for it; `best` as small as can be. */
export type Effort = 'quick' | 'best'

/**
 * Levels. plotly.js of 4.8 MB (measured): brotli 5 takes 0.15 s and leaves 1.29 MB, brotli 11 takes
 * 11 s and leaves 1.11 MB.
 */
const levels = { quick: { br: 5, zstd: 3, gzip: 4 }, best: { br: 11, zstd: 19, gzip: 9 } }

/** Options of node's zlib for a text of so many bytes. */
export function effort(
  how: Effort,
  coding: Coding,
  size: number,
): BrotliOptions & ZstdOptions & ZlibOptions {
  const level = levels[how][coding]
  if (coding === 'gzip') return { level }
  if (coding === 'zstd') return { params: { [constants.ZSTD_c_compressionLevel]: level } }
  return {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: level,
      // The largest window that every decoder has (RFC 7932 §9.1).
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: size,
    },
  }
}
