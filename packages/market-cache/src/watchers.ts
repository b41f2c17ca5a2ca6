import type { Timer, Timers } from '@tidegate/trading-model'

interface Watcher {
  readonly run: () => void
  /** Set while the quiet time after a call runs. */
  quiet: Timer | undefined
  isDue: boolean
}

/** Listeners by key, each called at most once per interval; the last change always gets its call. */
export interface Watchers {
  add(key: string, run: () => void): () => void
  changed(key: string): void
  close(): void
}

/** Makes an empty set; `intervalMs` is the quiet time after each call. */
export function createWatchers(timers: Timers, intervalMs: number): Watchers {
  const byKey = new Map<string, Set<Watcher>>()

  const call = (watcher: Watcher): void => {
    watcher.isDue = false
    watcher.quiet = timers.after(intervalMs, () => {
      watcher.quiet = undefined
      if (watcher.isDue) call(watcher)
    })
    watcher.run()
  }

  return {
    add(key, run) {
      const watcher: Watcher = { run, quiet: undefined, isDue: false }
      const watchers = byKey.get(key) ?? new Set()
      byKey.set(key, watchers.add(watcher))
      return () => {
        watcher.quiet?.cancel()
        watcher.isDue = false
        watchers.delete(watcher)
        if (watchers.size === 0) byKey.delete(key)
      }
    },
    changed(key) {
      for (const watcher of byKey.get(key) ?? []) {
        if (watcher.quiet) watcher.isDue = true
        else call(watcher)
      }
    },
    close() {
      for (const watchers of byKey.values()) for (const watcher of watchers) watcher.quiet?.cancel()
      byKey.clear()
    },
  }
}
