import type { Writable } from 'node:stream'
import type { Timer, Timers } from '@tidegate/trading-model'

/** A reader that takes nothing for so long is cut off, ms: it is not slow, it is gone. */
const STUCK_MS = 30_000

/** Notices of changes on their way to one reader. However slow it is, it costs one entry for each URI and no more. */
export interface NoticeQueue {
  /** Tells of a change: at once when the reader keeps up, once when it reads again otherwise. */
  push(uri: string): void
  /** Sends what waited, as far as the reader takes it: when it has come back. */
  flush(): void
  /** Forgets what waits about a URI that is not followed any more. */
  drop(uri: string): void
  close(): void
}

export interface NoticeQueueOptions {
  /** Where notices end up; `undefined` while nobody is there to read. */
  readonly reader: () => Writable | undefined
  readonly send: (uri: string) => void
  /** With timers a reader that is stuck is cut off; never a process's own output. */
  readonly cutOff?: Timers
}

/** Makes an empty queue. */
export function createNoticeQueue({ reader, send, cutOff }: NoticeQueueOptions): NoticeQueue {
  const waiting = new Set<string>()
  let behind: { readonly reader: Writable; readonly timer: Timer | undefined } | undefined

  const waitFor = (slow: Writable): void => {
    if (behind?.reader === slow) return
    letGo()
    const cut = (): void => {
      letGo()
      slow.destroy()
    }
    behind = { reader: slow, timer: cutOff?.after(STUCK_MS, cut) }
    slow.once('drain', flush)
  }
  const letGo = (): void => {
    behind?.timer?.cancel()
    behind?.reader.off('drain', flush)
    behind = undefined
  }
  function flush(): void {
    letGo()
    for (const uri of waiting) {
      const there = reader()
      if (!there || there.destroyed) return
      if (there.writableNeedDrain) {
        waitFor(there)
        return
      }
      waiting.delete(uri)
      send(uri)
    }
  }

  return {
    push(uri) {
      waiting.add(uri)
      if (!behind || behind.reader !== reader()) flush()
    },
    flush,
    drop: (uri) => void waiting.delete(uri),
    close() {
      waiting.clear()
      letGo()
    },
  }
}
