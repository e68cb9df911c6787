import { join } from 'node:path'

import { createPart, type Part, type PartContext } from './part.ts'
import { type ProviderSettings, settingsVariable } from './provider/settings.ts'
import { answersOk } from './wait.ts'

/** The OpenID provider, as a process of its own. */
export function createProvider(settings: ProviderSettings, context: PartContext): Part {
  return createPart(
    {
      name: 'provider',
      command: {
        file: process.execPath,
        args: [join(import.meta.dirname, 'provider-main.ts')],
        env: { [settingsVariable]: JSON.stringify(settings), NODE_NO_WARNINGS: '1' },
      },
      isReady: () =>
        answersOk(`http://127.0.0.1:${settings.port}/.well-known/openid-configuration`),
    },
    context,
  )
}
