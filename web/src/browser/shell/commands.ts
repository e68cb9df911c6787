import { shell as words } from '../../words/en/shell.ts'
import { readPage } from './own-page.ts'

/** Somewhere to go or something to do, by its name. */
export interface Command {
  label: string
  kind: string
  run: () => void
}

/** Whatever of this page is marked as a command: a link or a button, to be followed or pressed. */
export function commandsOfPage(): Command[] {
  const marked = [...document.querySelectorAll<HTMLElement>('[data-command]')]
  // By name: what stands on the page twice is one command.
  const commands = new Map(marked.map((one) => [one.dataset['command'] || textOf(one), one]))
  return [...commands].map(([label, one]) => ({
    label,
    kind: one.dataset['commandKind'] ?? words.action,
    run: () => one.click(),
  }))
}

/** The tenant's dashboards, out of the page that lists them. */
export async function dashboards(): Promise<Command[]> {
  return linksOf(await documentAt('/'), '.card-link', words.dashboard)
}

/** Clients that the words fit, for staff; the next page asks why. */
export async function clients(query: string): Promise<Command[]> {
  const back = location.pathname + location.search
  const path = `/tenant?${new URLSearchParams({ q: query, return_to: back })}`
  return linksOf(await documentAt(path), 'a.choice', words.client, '.choice-name')
}

function linksOf(page: Document | undefined, selector: string, kind: string, name = ''): Command[] {
  return [...(page?.querySelectorAll<HTMLAnchorElement>(selector) ?? [])].map((link) => {
    const path = link.getAttribute('href') ?? '/'
    const named = name === '' ? link : link.querySelector(name)
    return { kind, label: textOf(named?.firstChild ?? link), run: () => location.assign(path) }
  })
}

async function documentAt(path: string): Promise<Document | undefined> {
  const answer = await fetch(path, { headers: { Accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok) return undefined
  return readPage(await answer.text())
}

const textOf = (node: Node): string => (node.textContent ?? '').replaceAll(/\s+/g, ' ').trim()
