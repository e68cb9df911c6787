import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startStack } from '../../../dev/stack.ts'
import type { StackInfo } from '../../../dev/stack-info.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackInfo
    gatewayEnvironment: Record<string, string>
  }
}

/** The whole demo stack, once for all scenarios, on free ports and in a folder of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-scenarios-'))
  const stack = await startStack({ directory })
  project.provide('stack', stack.info)
  project.provide('gatewayEnvironment', stack.gatewayEnvironment)
  return async () => {
    await stack.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
