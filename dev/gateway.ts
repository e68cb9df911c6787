import { join } from 'node:path'

import { createPart, type Part, type PartContext } from './part.ts'
import { root } from './paths.ts'
import { answersOk } from './wait.ts'

export interface GatewayOptions {
  /** Told apart by it where several run; `gateway` by default. */
  name?: string
  opsUrl: string
  environment: Record<string, string>
  /** What the process is started by, with its command as arguments: `['nice']`. It has to become it. */
  launcher?: readonly string[]
}

export function createGateway(options: GatewayOptions, context: PartContext): Part {
  const command = [process.execPath, join(root, 'gateway', 'src', 'main.ts')]
  const [file = process.execPath, ...args] = [...(options.launcher ?? []), ...command]
  return createPart(
    {
      name: options.name ?? 'gateway',
      command: {
        file,
        args,
        env: { NODE_ENV: 'production', ...options.environment },
      },
      isReady: () => answersOk(`${options.opsUrl}/readyz`),
    },
    context,
  )
}
