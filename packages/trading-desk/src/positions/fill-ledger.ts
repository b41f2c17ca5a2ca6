import { applyFills, type LotBook } from '@tidegate/risk-engine'
import { type Fill, formatDecimal, type Intent } from '@tidegate/trading-model'
import type { DeskContext } from '../context.js'

/** Every execution of the account, as the journal has them, with the lots that follow from them. */
export interface FillLedger {
  /** Records what is new, counts it, tells the listeners. Returns what was new. */
  record(fills: readonly Fill[]): Promise<readonly Fill[]>
  /** Oldest first. Reads the journal again when another process may have recorded something. */
  fills(releaseEpoch?: number): Promise<readonly Fill[]>
  lots(releaseEpoch?: number): Promise<LotBook>
  /** Forgets what was read; the next call reads everything again. */
  forget(): void
}

/**
 * @param productOf - The product an order was submitted for: on a shared book the venue may name the other one, but the wallet that
 * paid follows the submitted id.
 */
export function createFillLedger(
  context: DeskContext,
  productOf: (fill: Fill) => Promise<Intent | undefined>,
): FillLedger {
  const { journal, metrics } = context
  let known: readonly Fill[] | undefined
  let knownEpoch: number | undefined
  let lotBook: LotBook | undefined
  let generation = 0

  function forget(): void {
    generation++
    known = undefined
    lotBook = undefined
  }

  async function read(releaseEpoch: number | undefined): Promise<readonly Fill[]> {
    if (known && (releaseEpoch === undefined || releaseEpoch === knownEpoch)) return known
    const begun = generation
    const stored = await journal.listFills()
    // Something was recorded while we read: the answer is good for this caller, but not to be kept.
    if (begun !== generation) return stored
    if (stored.length !== known?.length) lotBook = undefined
    known = stored
    knownEpoch = releaseEpoch
    return stored
  }

  return {
    async record(fills) {
      if (fills.length === 0) return []
      const submitted = await Promise.all(
        fills.map(async (fill) => {
          const intent = await productOf(fill)
          return intent ? { ...fill, productId: intent.terms.productId } : fill
        }),
      )
      // Forgotten before and after: a store that fails may have recorded them all the same.
      forget()
      const added = await journal.recordFills(submitted)
      if (added.length === 0) return added
      forget()
      for (const fill of added) {
        context.log.info('fill', {
          order_id: fill.orderId,
          trade_id: fill.tradeId,
          product: fill.productId,
          side: fill.side,
          size: formatDecimal(fill.baseSize),
          price: formatDecimal(fill.price),
          fee: formatDecimal(fill.fee),
        })
        if (/-USDC?$/.test(fill.productId)) {
          const volumeUsd = fill.baseSize.mul(fill.price).toNumber()
          metrics.count('trading_volume_usd', { product: fill.productId, side: fill.side }, volumeUsd)
        }
        context.emit({ type: 'fill', fill })
      }
      return added
    },
    fills: read,
    async lots(releaseEpoch) {
      const fills = await read(releaseEpoch)
      if (fills !== known) return applyFills(fills)
      lotBook ??= applyFills(fills)
      return lotBook
    },
    forget,
  }
}
