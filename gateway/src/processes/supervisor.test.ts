import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { superviseProcesses, type Child } from './supervisor.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface Fake extends Child {
  readonly signals: string[]
  becomeReady(): void
  end(how?: string): void
}

function fakeChild(pid: number): Fake {
  let ready = () => {}
  let exit = (_how: string) => {}
  const signals: string[] = []
  return {
    pid,
    signals,
    onReady: (listener) => void (ready = listener),
    onExit: (listener) => void (exit = listener),
    signal: (signal) => void signals.push(signal),
    becomeReady: () => ready(),
    end: (how = 'exit code 1') => exit(how),
  }
}

function scene(count: number) {
  const children: Fake[] = []
  const told: string[] = []
  const supervisor = superviseProcesses({
    count,
    fork() {
      const child = fakeChild(children.length)
      children.push(child)
      return child
    },
    onEnd: ({ pid }, how) => told.push(`${pid} ended: ${how}`),
    onGiveUp: (reason) => told.push(`gave up: ${reason}`),
    onReady: (ready) => told.push(`${ready} ready`),
  })
  supervisor.start()
  return {
    supervisor,
    children,
    told,
    child: (index: number) => children.at(index) as Fake,
    allReady() {
      for (const child of children) child.becomeReady()
      told.length = 0
    },
  }
}

describe('several processes', () => {
  it('are ready one by one, and have all been ready once', () => {
    const { supervisor, children, child, told } = scene(2)
    expect(children).toHaveLength(2)
    child(0).becomeReady()
    expect(supervisor.haveAllBeenReady()).toBe(false)
    child(1).becomeReady()
    expect(supervisor.haveAllBeenReady()).toBe(true)
    child(0).end()
    expect(supervisor.ready()).toEqual([child(1)])
    expect(supervisor.haveAllBeenReady()).toBe(true)
    expect(told).toEqual(['1 ready', '2 ready', '1 ready', '0 ended: exit code 1'])
  })

  it('are started again, after a longer wait each time', () => {
    const { children, child, allReady } = scene(1)
    allReady()
    for (const [waitMs, started] of [
      [1000, 2],
      [2000, 3],
      [4000, 4],
    ] as const) {
      child(-1).end()
      vi.advanceTimersByTime(waitMs - 1)
      expect(children).toHaveLength(started - 1)
      vi.advanceTimersByTime(1)
      expect(children).toHaveLength(started)
    }
    vi.advanceTimersByTime(60_000)
    child(-1).end()
    vi.advanceTimersByTime(1000)
    expect(children).toHaveLength(5)
  })

  it('are given up when they keep ending', () => {
    const { children, child, allReady, told } = scene(1)
    allReady()
    for (let end = 0; end < 6; end += 1) {
      child(-1).end()
      vi.advanceTimersByTime(16_000 / 2)
    }
    expect(told.at(-1)).toBe('gave up: 6 processes ended within a minute')
    expect(children).toHaveLength(6)
  })

  it('are given up when one ends before all were ready', () => {
    const { child, told } = scene(2)
    child(0).becomeReady()
    child(1).end()
    expect(told.at(-1)).toBe('gave up: a process ended before all were ready')
  })

  it('X9: are asked to stop, and waited for', async () => {
    const { supervisor, children, child, allReady } = scene(2)
    allReady()
    let isStopped = false
    const stopped = supervisor.stop('SIGTERM', 15_000).then(() => (isStopped = true))
    child(0).end('exit code 0')
    await vi.advanceTimersByTimeAsync(1000)
    expect(isStopped).toBe(false)
    child(1).end('exit code 0')
    await stopped
    expect(children.map(({ signals }) => signals)).toEqual([['SIGTERM'], ['SIGTERM']])
    vi.advanceTimersByTime(60_000)
    expect(children).toHaveLength(2)
  })

  it('X9: are ended when they do not stop, and not started while that goes on', async () => {
    const { supervisor, children, child, allReady } = scene(2)
    allReady()
    child(0).end()
    const stopped = supervisor.stop('SIGTERM', 15_000)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(child(1).signals).toEqual(['SIGTERM', 'SIGKILL'])
    child(1).end('signal SIGKILL')
    await stopped
    expect(children).toHaveLength(2)
  })
})
