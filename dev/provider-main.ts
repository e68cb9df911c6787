import { existsSync } from 'node:fs'
import { createServer } from 'node:http'

import { Provider } from 'oidc-provider'

import { accounts as demoAccounts } from './demo.ts'
import { writePrivateJson } from './private-file.ts'
import { createAccounts } from './provider/accounts.ts'
import { createConfiguration } from './provider/configuration.ts'
import { type ProviderSettings, settingsVariable } from './provider/settings.ts'
import { createSignIn } from './provider/sign-in.ts'

const settings = JSON.parse(process.env[settingsVariable] ?? '{}') as ProviderSettings
if (!existsSync(settings.usersFile)) writePrivateJson(settings.usersFile, demoAccounts)
const accounts = createAccounts(settings.usersFile)
const provider = new Provider(settings.issuer, await createConfiguration(settings, accounts))
const signIn = createSignIn(provider, accounts, settings.gatewayUrl)
const answer = provider.callback()

const report = (what: string) => (_: unknown, error: unknown) =>
  process.stderr.write(`${what}: ${error instanceof Error ? error.stack : String(error)}\n`)
provider.on('server_error', report('server_error'))
provider.on('authorization.error', report('authorization.error'))
provider.on('grant.error', report('grant.error'))
provider.on('backchannel.error', report('backchannel.error'))

const server = createServer((request, response) => {
  if (request.url?.startsWith('/interaction/')) void signIn(request, response)
  else void answer(request, response)
})
server.listen(settings.port, settings.host ?? '127.0.0.1', () => process.stdout.write('ready\n'))
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
