import type { HttpTransport, Log, Metrics, Timer, Timers } from '@tidegate/trading-model'

const TIMEOUT_MS = 5_000
/** Pauses before the second, third and fourth try, ms. */
const PAUSES_MS = [1_000, 5_000, 25_000] as const
/** Messages that wait while the webhook is slow; what comes after is dropped and counted. */
const MAX_WAITING = 100
/** How long closing waits for what is on its way, ms. */
const FAREWELL_MS = 900

/** What became of one try. */
export interface Delivery {
  readonly outcome: 'sent' | 'refused' | 'failed'
  readonly status?: number
  readonly reason?: string
}

/** Brings messages to a webhook, one after the other. */
export interface AlertDelivery {
  /** Takes a message and returns at once. */
  send(body: string): void
  /** One try, for somebody who waits. */
  sendOnce(body: string): Promise<Delivery>
  close(): Promise<void>
}

/**
 * @param options - `url` is asked for at each try, so that nothing keeps the address, which is a password.
 */
export function createDelivery(options: {
  readonly url: () => string
  readonly http: HttpTransport
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
}): AlertDelivery {
  const { http, timers, log, metrics } = options
  const waiting: string[] = []
  let working: Promise<void> | undefined
  let isClosing = false
  let pause: { readonly timer: Timer; readonly end: () => void } | undefined

  async function sendOnce(body: string): Promise<Delivery> {
    try {
      const { status } = await http.send({
        method: 'POST',
        url: options.url(),
        headers: { 'content-type': 'application/json' },
        body,
        timeoutMs: isClosing ? FAREWELL_MS : TIMEOUT_MS,
      })
      if (status >= 200 && status < 300) return { outcome: 'sent', status }
      // Too many, or their trouble: later may do. Anything else says that the message is not wanted.
      const mayPass = status === 429 || status >= 500
      return { outcome: mayPass ? 'failed' : 'refused', status, reason: `the webhook answered ${status}` }
    } catch (error) {
      return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) }
    }
  }

  async function bring(body: string): Promise<Delivery> {
    for (let attempt = 0; ; attempt++) {
      const result = await sendOnce(body)
      const pauseMs = PAUSES_MS[attempt]
      if (result.outcome !== 'failed' || pauseMs === undefined || isClosing) return result
      await new Promise<void>((end) => {
        pause = { timer: timers.after(pauseMs, end), end }
      })
      pause = undefined
    }
  }

  async function work(): Promise<void> {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const { outcome, status, reason } = await bring(body)
      metrics.count('alerts_delivered_total', { outcome })
      if (outcome !== 'sent') log.warn('alert_not_delivered', { outcome, status: status ?? null, reason: reason ?? '' })
    }
    working = undefined
  }

  return {
    send(body) {
      if (waiting.length >= MAX_WAITING) {
        metrics.count('alerts_delivered_total', { outcome: 'dropped' })
        return
      }
      waiting.push(body)
      working ??= work()
    },
    sendOnce,
    async close() {
      isClosing = true
      pause?.timer.cancel()
      pause?.end()
      await Promise.race([working, timers.sleep(FAREWELL_MS)])
      waiting.length = 0
    },
  }
}
