import { formatDecimal, type Timers } from '@tidegate/trading-model'
import type { FaultQueue } from '../faults/fault-plan.js'
import { canStrike, crossBook, inflateSnapshot } from '../faults/stream-fault.js'
import type { ExchangeContext } from '../http/route.js'

/** What a connection does with its next frame. */
export interface StreamFaults {
  /**
   * Decides what becomes of a frame.
   *
   * @param deliver - Sends events as a frame of its own, now or later.
   * @returns `skip` when the frame's number is used up without a frame, `stall` and `close` for the whole connection.
   */
  pass(frame: {
    readonly channel: string
    readonly eventsJson: string
    readonly deliver: (eventsJson: string) => void
    /** Keeps events back until the next frame of the channel has been sent. */
    readonly holdBack: (eventsJson: string) => void
  }): 'sent' | 'skip' | 'stall' | 'close'
}

/** The stream's side of the fault plan. */
export function createStreamFaults(faults: FaultQueue, context: ExchangeContext, timers: Timers): StreamFaults {
  const marketOf = (eventsJson: string) => {
    const productId = /"product_id":"([^"]+)"/.exec(eventsJson)?.[1] ?? ''
    return context.engine.market(productId)
  }
  return {
    pass({ channel, eventsJson, deliver, holdBack }) {
      const name = channel === 'l2_data' ? 'level2' : channel
      const fault = faults.takeForFrame(name, (candidate) => canStrike(candidate, channel, eventsJson))
      switch (fault?.kind) {
        case undefined:
          deliver(eventsJson)
          return 'sent'
        case 'sequence-gap':
          return 'skip'
        case 'stall':
          return 'stall'
        case 'going-away':
          return 'close'
        case 'duplicate-event':
          deliver(eventsJson)
          deliver(eventsJson)
          return 'sent'
        case 'late-event':
          timers.after(fault.delayMs ?? 1_000, () => deliver(eventsJson))
          return 'sent'
        case 'out-of-order':
          holdBack(eventsJson)
          return 'sent'
        case 'crossed-frame': {
          const ask = marketOf(eventsJson)?.best('ask')?.price
          deliver(ask ? crossBook(eventsJson, formatDecimal(ask)) : eventsJson)
          return 'sent'
        }
        case 'huge-snapshot': {
          const market = marketOf(eventsJson)
          const highest = market?.levels('ask').at(-1)?.ticks ?? 1
          const priceAt = (index: number) => (market ? formatDecimal(market.priceOf(highest + 1 + index)) : '1')
          deliver(inflateSnapshot(eventsJson, priceAt))
          return 'sent'
        }
      }
    },
  }
}
