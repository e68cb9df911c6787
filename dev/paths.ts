import { join } from 'node:path'

/** The top folder of the checkout. */
export const root = join(import.meta.dirname, '..')

/** Where the demo stack keeps all that it makes (ignored by git). */
export const demoDirectory = join(root, '.dashgate')

export const pythonBin = join(root, '.venv', 'bin')
