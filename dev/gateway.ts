import { join } from 'node:path'

import { createPart, type Part, type PartContext } from './part.ts'
import { root } from './paths.ts'
import { answersOk } from './wait.ts'

export interface GatewayOptions {
  /** Told apart by it where several run; `gateway` by default. */
  name?: string
  opsUrl: string
  environment: Record<string, string>
}

export function createGateway(options: GatewayOptions, context: PartContext): Part {
  return createPart(
    {
      name: options.name ?? 'gateway',
      command: {
        file: process.execPath,
        args: [join(root, 'gateway', 'src', 'main.ts')],
        env: { NODE_ENV: 'production', ...options.environment },
      },
      isReady: () => answersOk(`${options.opsUrl}/readyz`),
    },
    context,
  )
}
