import { describe, expect, it } from 'vitest'
import { createRotatedTokens } from './rotated-token.ts'

const answering = (text: string, status = 200) =>
  createRotatedTokens(() => Promise.resolve(new Response(text, { status })))
const post = { method: 'POST' }

describe('X4: the refresh token of an answer', () => {
  it('is heard although the answer is not believed afterwards, which is passed on as it was', async () => {
    const text = '{"access_token":"a","refresh_token":"next","id_token":"forged"}'
    const tokens = answering(text)
    const heard = await tokens.during(async (hearing) => {
      expect(await (await tokens.fetch('https://op/token', post)).text()).toBe(text)
      return hearing.refreshToken
    })
    expect(heard).toBe('next')
  })

  it('is heard by the refresh that it answers, and by no other', async () => {
    const tokens = createRotatedTokens((url) =>
      Promise.resolve(new Response(JSON.stringify({ refresh_token: url }))),
    )
    const heard = await Promise.all(
      ['https://op/1', 'https://op/2'].map((url) =>
        tokens.during(async (hearing) => {
          await tokens.fetch(url, post)
          await tokens.fetch('https://op/jwks', { method: 'GET' })
          return hearing.refreshToken
        }),
      ),
    )
    expect(heard).toEqual(['https://op/1', 'https://op/2'])
  })

  it.each([
    ['an error', '{"error":"invalid_grant","refresh_token":"not one"}', 400],
    ['no JSON', '<html>', 200],
    ['no object', 'null', 200],
    ['no token', '{"access_token":"a"}', 200],
    ['something else', '{"refresh_token":7}', 200],
  ])('is not made up of %s', async (_, text, status) => {
    const tokens = answering(text, status)
    const heard = await tokens.during(async (hearing) => {
      await tokens.fetch('https://op/token', post)
      return hearing.refreshToken
    })
    expect(heard).toBeUndefined()
  })
})
