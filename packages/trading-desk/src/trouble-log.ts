import { BaseError } from '@tidegate/trading-model'
import { type DeskContext, describeError } from './context.js'

/** Says that something recurring fails: once, then rarely, and once when it works again. */
export interface TroubleLog {
  failed(error: unknown, fields?: Readonly<Record<string, unknown>>): void
  well(): void
}

const firstPauseMs = 60_000
const longestPauseMs = 3_600_000

/**
 * Work that recurs every second must not log every second that the venue is away. Another kind of failure is said at once; the same
 * one after a minute, two, four, up to an hour, with how often it happened meanwhile.
 *
 * @param event - Log event; `EVENT_over` says that it works again.
 */
export function createTroubleLog({ log, clock }: DeskContext, event: string): TroubleLog {
  let kind: string | undefined
  let sayAgainAtMs = 0
  let pauseMs = firstPauseMs
  let times = 0
  return {
    failed(error, fields = {}) {
      times++
      const nowKind = BaseError.isInstance(error) ? error.code : describeError(error)
      const nowMs = clock.nowMs()
      const isNew = nowKind !== kind
      if (!isNew && nowMs < sayAgainAtMs) return
      pauseMs = isNew ? firstPauseMs : Math.min(pauseMs * 2, longestPauseMs)
      kind = nowKind
      sayAgainAtMs = nowMs + pauseMs
      log.error(event, { ...fields, error: describeError(error), times })
    },
    well() {
      if (kind === undefined) return
      log.info(`${event}_over`, { times })
      kind = undefined
      times = 0
    },
  }
}
