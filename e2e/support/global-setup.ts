import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startStack } from '../../dev/stack.ts'
import type { StackInfo } from '../../dev/stack-info.ts'
import { startAppSwitch } from './app-switch.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackInfo
    /** Where Dash apps are stopped and started, which only the process that started them can. */
    appSwitch: string
  }
}

/** The whole demo stack, once for all browser tests, on free ports and in a folder of its own. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'dashgate-e2e-'))
  const stack = await startStack({ directory })
  const appSwitch = await startAppSwitch(stack.parts.dashApps)
  project.provide('stack', stack.info)
  project.provide('appSwitch', appSwitch.url)
  return async () => {
    await appSwitch.close()
    await stack.stop()
    await rm(directory, { recursive: true, force: true })
  }
}
