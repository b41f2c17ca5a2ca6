import type { HttpTransport, Log, Metrics, Timers } from '@tidegate/trading-model'

const TIMEOUT_MS = 10_000
/** Heads that wait while nobody answers; the newest vouches for all before it, so older ones may go. */
const MAX_WAITING = 100
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 300_000

/** Sends signed heads away; never waited for by an order. */
export interface HeadsWebhook {
  /** Takes a head's line; returns at once. */
  readonly post: (line: string) => void
  /** Sends what waits, once more, within `timeoutMs`. */
  close(timeoutMs: number): Promise<void>
}

/**
 * Posts every signed head to a URL, one after the other, and again after growing pauses until it is taken (any 2xx). A failure is counted and
 * logged; it stops nothing.
 *
 * - Wire: `POST url`, the line of the heads file as JSON.
 */
export function createHeadsWebhook(deps: {
  readonly url: string
  readonly http: HttpTransport
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}): HeadsWebhook {
  const { url, http, timers, log, metrics } = deps
  const waiting: string[] = []
  let pauseMs = FIRST_PAUSE_MS
  let isWorking = false
  let isClosed = false

  const send = async (timeoutMs: number): Promise<boolean> => {
    const line = waiting[0]
    if (line === undefined) return false
    try {
      const headers = { 'content-type': 'application/json' }
      const { status } = await http.send({ method: 'POST', url, headers, body: line.trimEnd(), timeoutMs })
      if (status < 200 || status > 299) throw new Error(`it answered ${status}`)
      waiting.shift()
      pauseMs = FIRST_PAUSE_MS
      metrics.count('audit_heads_posted_total')
      return true
    } catch (error) {
      metrics.count('audit_head_post_failures_total')
      log.warn('audit_head_not_posted', { host: URL.parse(url)?.host ?? '', waiting: waiting.length, error })
      return false
    }
  }
  const work = async (): Promise<void> => {
    isWorking = true
    while (waiting.length > 0 && !isClosed) {
      if (await send(TIMEOUT_MS)) continue
      await timers.sleep(pauseMs)
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
    }
    isWorking = false
  }

  return {
    post(line) {
      waiting.push(line)
      if (waiting.length > MAX_WAITING) waiting.shift()
      if (!isWorking) void work()
    },
    async close(timeoutMs) {
      isClosed = true
      // The newest vouches for all.
      waiting.splice(0, waiting.length - 1)
      if (waiting.length > 0) await send(timeoutMs)
    },
  }
}
