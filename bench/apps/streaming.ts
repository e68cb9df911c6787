import { join } from 'node:path'
import { createPart, type Part, type PartContext } from '../../dev/part.ts'
import { answersOk } from '../../dev/wait.ts'

/** The app of `streaming-app.ts` in a process of its own. */
export const createStreamingApp = (port: number, context: PartContext): Part =>
  createPart(
    {
      name: 'streaming-app',
      command: {
        file: process.execPath,
        args: [join(import.meta.dirname, 'streaming-app.ts'), `${port}`],
      },
      isReady: () => answersOk(`http://127.0.0.1:${port}/?bytes=1`),
    },
    context,
  )
