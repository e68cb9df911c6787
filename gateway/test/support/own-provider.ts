import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JWK,
} from 'jose'
import { freePorts } from '../../../dev/ports.ts'
import { createProvider } from '../../../dev/provider.ts'
import { startReaper } from '../../../dev/reaper.ts'
import { Visitor } from './visitor.ts'

const clientSecret = 'a-secret-of-the-gateway'
const pipelineSecret = 'a-secret-of-the-pipeline'

interface Keys {
  keys: (JWK & { kty: string })[]
}

/** An OpenID provider of one test's own, to stop, to rotate its keys, and to sign with them. */
export async function startOwnProvider() {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-provider-'))
  const keysFile = join(directory, 'provider-keys.json')
  const { provider: port } = await freePorts(0)
  const issuer = `http://localhost:${port}`
  // Nothing else needs to listen there: the code is in the address that the browser ends up at.
  const gatewayUrl = issuer
  const reaper = startReaper()
  const part = createProvider(
    {
      issuer,
      port,
      directory,
      usersFile: join(directory, 'users.json'),
      gatewayUrl,
      clientId: 'dashgate',
      clientSecret,
      pipelineSecret,
      cookieKey: randomBytes(32).toString('base64url'),
      accessTokenSeconds: 3600,
    },
    {
      logDirectory: join(directory, 'logs'),
      reaper,
      signal: new AbortController().signal,
      onCrash: () => {},
    },
  )
  await part.start()

  async function tokens(client: string, form: Record<string, string>) {
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(client).toString('base64')}` },
      body: new URLSearchParams(form),
    })
    return (await response.json()) as { access_token: string; id_token: string }
  }

  const readKeys = async () => JSON.parse(await readFile(keysFile, 'utf8')) as Keys

  return {
    issuer,
    part,

    async pipelineToken(scope = 'dashgate.admin'): Promise<string> {
      const form = { grant_type: 'client_credentials', scope }
      return (await tokens(`dashgate-pipeline:${pipelineSecret}`, form)).access_token
    },

    /** What the provider gives the gateway when a person has signed in. */
    async userTokens(login: string) {
      const one = new Visitor(issuer)
      const query = new URLSearchParams({
        client_id: 'dashgate',
        response_type: 'code',
        redirect_uri: `${gatewayUrl}/auth/callback`,
        scope: 'openid email',
        // Of RFC 7636, appendix B.
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      })
      const form = await one.visit(`/auth?${query.toString()}`)
      const sent = await one.submit(form.url, { login, password: 'demo' })
      const end = await one.visit(sent.headers.get('location') ?? '')
      const code = new URL(end.url).searchParams.get('code') ?? ''
      return tokens(`dashgate:${clientSecret}`, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: `${gatewayUrl}/auth/callback`,
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      })
    },

    /** A token with the provider's own signature, as the pipeline's but for what is said here. */
    async signed(changes: Record<string, unknown> = {}): Promise<string> {
      const { keys } = await readKeys()
      const [key] = keys
      if (!key) throw new Error('the provider has no key')
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({
        iss: issuer,
        aud: 'dashgate-admin',
        sub: 'dashgate-pipeline',
        client_id: 'dashgate-pipeline',
        scope: 'dashgate.admin',
        iat: now,
        exp: now + 600,
        ...changes,
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: await calculateJwkThumbprint(key) })
        .sign(await importJWK(key, 'RS256'))
    },

    /** The public key as a verifier has it; whoever takes it for a shared secret is fooled. */
    async publicKey(): Promise<string> {
      const response = await fetch(`${issuer}/jwks`)
      return response.text()
    },

    /** Signs with a new key from now on; the old one is gone, as after a leak. */
    async rotate(): Promise<void> {
      await part.stop()
      const { privateKey } = await generateKeyPair('RS256', { extractable: true })
      const key = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }
      await writeFile(keysFile, JSON.stringify({ keys: [key] }))
      await part.start()
    },

    async stop(): Promise<void> {
      await part.stop()
      await reaper.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type OwnProvider = Awaited<ReturnType<typeof startOwnProvider>>
