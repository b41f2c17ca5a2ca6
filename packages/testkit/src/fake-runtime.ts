import type { Clock, Ids, Labels, Log, LogFields, Metrics, Random, Timer, Timers } from '@tidegate/trading-model'

/** A clock that moves only when told, with timers that fire in order as it moves. */
export class FakeTime implements Clock, Timers {
  private queue: { at: number; order: number; run: () => void; every?: number; cancelled: boolean }[] = []
  private order = 0

  constructor(private now = Date.UTC(2026, 10, 24, 12, 0, 0)) {}

  nowMs(): number {
    return this.now
  }

  after(ms: number, run: () => void): Timer {
    return this.schedule(ms, run)
  }

  every(ms: number, run: () => void): Timer {
    return this.schedule(ms, run, ms)
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.schedule(ms, resolve)
    })
  }

  /** Moves time forward, firing what falls due; pending promises get a turn between timers. */
  async advance(ms: number): Promise<void> {
    const until = this.now + ms
    for (;;) {
      await flushPromises()
      this.queue.sort((a, b) => a.at - b.at || a.order - b.order)
      const next = this.queue[0]
      if (!next || next.at > until) break
      this.queue.shift()
      this.now = Math.max(this.now, next.at)
      if (next.cancelled) continue
      if (next.every !== undefined) this.queue.push({ ...next, at: next.at + next.every })
      next.run()
    }
    this.now = until
    await flushPromises()
  }

  /** Sets the clock without firing anything: a step, forward or back. */
  step(ms: number): void {
    this.now += ms
  }

  private schedule(ms: number, run: () => void, every?: number): Timer {
    const entry = {
      at: this.now + Math.max(0, ms),
      order: this.order++,
      run,
      cancelled: false,
      ...(every === undefined ? {} : { every: Math.max(1, every) }),
    }
    this.queue.push(entry)
    return {
      cancel: () => {
        entry.cancelled = true
        this.queue = this.queue.filter((item) => item.order !== entry.order)
      },
    }
  }
}

/** Lets every promise that can run, run: the macrotask queue comes after the last microtask. */
function flushPromises(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** The same bytes for the same seed (SplitMix64). */
export class SeededRandom implements Random {
  private state: bigint
  constructor(seed: number) {
    this.state = BigInt(seed)
  }
  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length)
    for (let index = 0; index < length; index++) out[index] = Number(this.next() & 0xffn)
    return out
  }
  /** In `[0, 1)`. */
  unit(): number {
    return Number(this.next() >> 11n) / 2 ** 53
  }
  /** In `[0, below)`. */
  below(below: number): number {
    return Math.floor(this.unit() * below)
  }
  private next(): bigint {
    this.state = (this.state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn
    let z = this.state
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn
    return z ^ (z >> 31n)
  }
}

/** Well-formed v4 ids, counted up. */
export class CountingIds implements Ids {
  private count = 0
  uuid(): string {
    this.count++
    return `00000000-0000-4000-8000-${this.count.toString(16).padStart(12, '0')}`
  }
}

/** Keeps what was logged. */
export class MemoryLog implements Log {
  readonly entries: { level: string; event: string; fields: LogFields }[] = []
  debug(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'debug', event, fields })
  }
  info(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'info', event, fields })
  }
  warn(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'warn', event, fields })
  }
  error(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: 'error', event, fields })
  }
}

/** Keeps what was measured. */
export class MemoryMetrics implements Metrics {
  readonly samples: { kind: string; name: string; value: number; labels: Labels }[] = []
  count(name: string, labels: Labels = {}, by = 1): void {
    this.samples.push({ kind: 'count', name, value: by, labels })
  }
  observe(name: string, value: number, labels: Labels = {}): void {
    this.samples.push({ kind: 'observe', name, value, labels })
  }
  gauge(name: string, value: number, labels: Labels = {}): void {
    this.samples.push({ kind: 'gauge', name, value, labels })
  }
}
