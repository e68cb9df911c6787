import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useBrowser } from './support/browser.ts'
import { figures } from './support/dashboards.ts'
import {
  directoryOf,
  documentedCommands,
  type DocumentedCommands,
} from './support/documented-commands.ts'
import { dashboardFrame, fillIn, stage } from './support/shell.ts'
import { stack } from './support/stack.ts'
import { latestTotal } from './support/truth.ts'

const { person } = useBrowser()

let commands: DocumentedCommands

beforeAll(async () => {
  commands = await documentedCommands('docs/admin-api.md', directoryOf(stack))
})
afterAll(() => commands?.close())

// Other tests count the tenants; and a run begins where a newcomer does.
beforeEach(forget)
afterEach(forget)

/** Takes the tenant out again, which only the owner of the tables can. */
async function forget(): Promise<void> {
  const sql = postgres(stack.databaseUrl, { max: 1, onnotice: () => {} })
  for (const table of ['preferences', 'dashboard_marks', 'assignments']) {
    await sql`delete from ${sql(table)} where tenant_id = 'hooli'`
  }
  await sql`delete from tenants where id = 'hooli'`
  await sql.end()
}

/** When the gateway's process began, which a restart would change. */
async function gatewayStart(): Promise<string> {
  const metrics = await (await fetch(`${stack.opsUrl}/metrics`)).text()
  return /^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1] ?? 'unknown'
}

const cards = (page: Page) => page.locator('.cards a')
const logoOf = (page: Page) => page.locator('header img').first().getAttribute('src')

/** Loads a page again until something holds, and says how long that took; no limit but the test's. */
async function until(page: Page, what: string, holds: () => Promise<boolean>): Promise<void> {
  const begin = performance.now()
  await expect
    .poll(
      async () => {
        await page.goto('/')
        return holds()
      },
      { interval: 50 },
    )
    .toBe(true)
  const seconds = ((performance.now() - begin) / 1000).toFixed(2)
  console.log(`${what}: seen in the browser ${seconds} s after the command had answered`)
}

describe('the commands of docs/admin-api.md', () => {
  it('make a tenant whose new viewer sees its dashboard, its branding and its figures', async () => {
    const started = await gatewayStart()
    const { tab, expectFaults } = await person()
    const page = await tab()
    // At the provider's form already, so that what is measured is the change and the sign-in.
    await page.goto('/')
    await page.locator('input[name=login]').waitFor()

    for (const words of ['Create a tenant', 'Give it its branding', 'Give it data']) {
      await commands.run(words)
    }
    await commands.run('Assign a dashboard')
    await commands.run('Let somebody in')
    const begin = performance.now()
    await fillIn(page, 'viewer@hooli.test')
    await cards(page).first().waitFor()
    const seconds = ((performance.now() - begin) / 1000).toFixed(2)
    console.log(`A new tenant's list: seen ${seconds} s after its viewer was added, with sign-in`)

    expect(await page.title()).toBe('Dashboards · Hooli')
    expect(await logoOf(page)).toMatch(/^data:image\/svg\+xml;base64,/)
    expect(await cards(page).allTextContents()).toEqual(['Loss development'])

    await cards(page).click()
    await stage(page, 'ready').waitFor()
    const frame = dashboardFrame(page)
    await figures(frame, 'loss-development')
    expect(await frame.locator('#tenant-name').textContent()).toBe('Hooli Re')
    const shown = await frame.locator('#total-latest').textContent()
    const file = join(commands.folder, '.dashgate', 'new', 'hooli', 'triangles.parquet')
    expect(Number(shown?.replaceAll(',', ''))).toBe(await latestTotal(file, 'incurred'))

    const log = await commands.run('Read the audit log')
    const [line] = (JSON.parse(log) as { auditLogs: object[] }).auditLogs
    expect(line).toMatchObject({ action: 'dashboard.opened', actorEmail: 'viewer@hooli.test' })
    await commands.run('Export it')
    const csv = await readFile(join(commands.folder, '.dashgate', 'hooli.csv'), 'utf8')
    expect(csv.split('\r\n')[1]).toContain('"tenant.changed","client","dashgate-operator"')

    const rotation = await commands.run('Rotate the keys')
    expect((JSON.parse(rotation) as { rotated: object[] }).rotated).toHaveLength(3)
    expect(await commands.run('Rotate the keys')).toBe(rotation)
    await page.goto('/')
    expect(await cards(page).allTextContents()).toEqual(['Loss development'])

    // Away from the gateway, where nothing can complain of a session that ends.
    await page.goto('about:blank')
    expect(await commands.run('See who is signed in')).toContain('{"revoked":1}')
    // The provider still knows who it is, and signs in anew without a question.
    await page.goto('/')
    expect(await cards(page).allTextContents()).toEqual(['Loss development'])

    expectFaults(/\b(403|404)\b/)
    await commands.run('Take a dashboard away')
    await until(page, 'A suspended tenant', async () => (await cards(page).count()) === 0)
    const byToken = JSON.parse(await commands.run('Where ADMIN_AUTH')) as object
    expect(byToken).toMatchObject({ id: 'hooli', status: 'suspended', dashboards: [] })

    expect(await gatewayStart()).toBe(started)
    expect([...commands.done].toSorted()).toEqual([...commands.all].toSorted())
  })
})
