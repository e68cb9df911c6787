import { createInterface } from 'node:readline'

import { endGroup, signalGroup, signalProcess } from './process-group.ts'

// Outlives the process that starts the stack, even one that is killed with SIGKILL: when its pipe
// closes, it ends every process group that is still on its list, and then itself.
// Lines: "+ <pid> <signal>" and "- <pid>".
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

const groups = new Map<number, NodeJS.Signals>()

for await (const line of createInterface({ input: process.stdin })) {
  const [sign, pid, signal] = line.split(' ')
  if (sign === '+') groups.set(Number(pid), signal as NodeJS.Signals)
  if (sign === '-') groups.delete(Number(pid))
}

for (const [pid, signal] of groups) signalProcess(pid, signal)
await Promise.all([...groups.keys()].map((pid) => endGroup(pid, 4_000)))
for (const pid of groups.keys()) signalGroup(pid, 'SIGKILL')
