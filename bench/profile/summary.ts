import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../dev/paths.ts'
import type { Profile, ProfileNode } from './inspector.ts'

/** Parts of all that the process did, from 0 to 1; waiting for something to do is not counted. */
export interface Share {
  readonly name: string
  readonly part: number
}

export interface ProfileSummary {
  /** Part of the time in which there was something to do. */
  readonly busy: number
  /** In the function itself, without what it calls. */
  readonly functions: readonly Share[]
  /** The same, by package, and for our own code and node's by folder and module. */
  readonly owners: readonly Share[]
  /** Functions of the gateway, with all that they call. */
  readonly inclusive: readonly Share[]
}

const notWork = new Set(['(idle)'])

function fileOf({ callFrame: { url } }: ProfileNode): string {
  if (!url.startsWith('file:')) return url
  return relative(root, fileURLToPath(url))
}

function nameOf(node: ProfileNode): string {
  const { functionName, lineNumber } = node.callFrame
  const file = fileOf(node)
  if (file === '') return functionName
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`
}

function ownerOf(node: ProfileNode): string {
  const file = fileOf(node)
  if (file === '') return node.callFrame.functionName.startsWith('(') ? nameOf(node) : '(native)'
  const installed = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]
  if (installed) return installed
  if (file.startsWith('node:')) return file
  return file.split('/').slice(0, 3).join('/')
}

/** Parts by name, the largest first. */
function shares(weights: ReadonlyMap<ProfileNode, number>, name: (node: ProfileNode) => string) {
  const sums = new Map<string, number>()
  for (const [node, part] of weights) sums.set(name(node), (sums.get(name(node)) ?? 0) + part)
  return [...sums]
    .map(([name, part]) => ({ name, part }))
    .toSorted((first, second) => second.part - first.part)
}

export function summarise({ nodes, samples, timeDeltas }: Profile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const spent = new Map<ProfileNode, number>()
  let all = 0
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id)
    const time = timeDeltas[index] ?? 0
    all += time
    if (!node || notWork.has(node.callFrame.functionName)) continue
    spent.set(node, (spent.get(node) ?? 0) + time)
  }
  const busy = [...spent.values()].reduce((sum, time) => sum + time, 0)
  const parts = new Map([...spent].map(([node, time]) => [node, time / busy]))
  return {
    busy: busy / all,
    functions: shares(parts, nameOf),
    owners: shares(parts, ownerOf),
    inclusive: inclusiveShares(nodes, byId, parts),
  }
}

/** A function that calls itself is counted once for each way that leads to it. */
function inclusiveShares(
  nodes: readonly ProfileNode[],
  byId: ReadonlyMap<number, ProfileNode>,
  parts: ReadonlyMap<ProfileNode, number>,
): Share[] {
  const sums = new Map<string, number>()
  const called = new Set(nodes.flatMap(({ children = [] }) => children))
  function visit(node: ProfileNode, within: ReadonlySet<string>): number {
    const name = fileOf(node).startsWith('gateway/') ? nameOf(node) : undefined
    const isNew = name !== undefined && !within.has(name)
    const deeper = isNew ? new Set([...within, name]) : within
    let part = parts.get(node) ?? 0
    for (const id of node.children ?? []) {
      const child = byId.get(id)
      if (child) part += visit(child, deeper)
    }
    if (isNew) sums.set(name, (sums.get(name) ?? 0) + part)
    return part
  }
  for (const node of nodes) if (!called.has(node.id)) visit(node, new Set())
  return [...sums]
    .map(([name, part]) => ({ name, part }))
    .toSorted((first, second) => second.part - first.part)
}

const lines = (title: string, list: readonly Share[], most: number) => [
  title,
  ...list
    .slice(0, most)
    .map(({ name, part }) => `${(part * 100).toFixed(1).padStart(6)} %  ${name}`),
  '',
]

/** What a person reads of it. */
export const printedSummary = (summary: ProfileSummary, most: number): string =>
  [
    `busy ${(summary.busy * 100).toFixed(0)} % of the time; parts of that:`,
    '',
    ...lines('In the function itself', summary.functions, most),
    ...lines('By package, module or folder', summary.owners, most),
    ...lines('Functions of the gateway, with what they call', summary.inclusive, most),
  ].join('\n')
