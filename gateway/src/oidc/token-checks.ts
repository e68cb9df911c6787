import { SignInRefusal } from './refusals.ts'

/** What the ID tokens of one kind of provider must say beyond OpenID Connect. */
export interface TokenChecks {
  /** Azure AD B2C: the policy that made the token. */
  readonly policy: string | undefined
  /** Entra: the directory that the person signed in to. */
  readonly directoryId: string | undefined
}

type Claims = Readonly<Record<string, unknown>>

const sameName = (value: unknown, name: string) =>
  typeof value === 'string' && value.toLowerCase() === name.toLowerCase()

/**
 * All policies of a B2C directory share issuer, keys and audience, so that only the name of the
 * policy tells a sign-in from, say, a sign-up that asks for less. It is in `tfp`, or with older
 * settings in `acr`.
 *
 * @throws {SignInRefusal}
 * @see https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview#compatibility
 */
export function assertTokenFits(claims: Claims, { policy, directoryId }: TokenChecks): void {
  const sub = typeof claims['sub'] === 'string' ? claims['sub'] : undefined
  if (policy !== undefined && !sameName(claims['tfp'] ?? claims['acr'], policy))
    throw new SignInRefusal(
      'wrong_policy',
      'You signed in by a way that is not meant for this site.',
      'wrong_policy',
      sub,
    )
  // The issuer says the same; a guest of another directory must not depend on that alone.
  if (directoryId !== undefined && !sameName(claims['tid'], directoryId))
    throw new SignInRefusal(
      'wrong_directory',
      'Your account belongs to a directory that is not meant for this site.',
      'wrong_directory',
      sub,
    )
}
