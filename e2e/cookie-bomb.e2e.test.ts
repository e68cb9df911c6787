import { expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { newcomer } from './support/newcomer.ts'
import { fillIn } from './support/shell.ts'
import { stack } from './support/stack.ts'

const { signedIn } = useBrowser()

it('X16: who is kept out by cookies of a sibling site is in again after one click and a sign-in', async () => {
  const login = await newcomer('acme-corp')
  const one = await signedIn(login)
  one.expectFaults(/431/)
  const { page, context } = one
  await context.addCookies(
    Array.from({ length: 10 }, (_, n) => ({
      name: `bomb${n}`,
      value: 'x'.repeat(4000),
      url: stack.publicUrl,
      httpOnly: true,
    })),
  )
  const response = await page.goto('/dashboard/loss-development/?lob=a')
  expect(response?.status()).toBe(431)
  await page.getByRole('heading', { name: 'Too many cookies' }).waitFor()
  await page.getByRole('link', { name: 'Try again' }).click()
  await fillIn(page, login)
  await page.locator('.cards a').first().waitFor()
})
