import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Plain JavaScript for Node 20: nothing is installed yet when this runs.

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The Node that the project runs on; the machine's own may be older. */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node')

/** @param {...string} parts */
export const inRoot = (...parts) => join(root, ...parts)
