import type { Decimal } from '@tidegate/trading-model'
import type { ExchangeState } from '../engine/exchange-state.js'
import type { FillRecord } from '../engine/records.js'
import { uuidFrom } from '../keys/identity.js'

/** One movement of a wallet. */
export interface LedgerRow {
  readonly id: string
  readonly type: 'fiat_deposit' | 'receive' | 'advanced_trade_fill'
  /** Signed: positive came in. Fees are inside. */
  readonly amount: Decimal
  readonly atMs: number
  readonly fill?: FillRecord
}

/** Everything that moved a wallet's total, newest first. The amounts add up to available + hold exactly. */
export function ledgerOf(state: ExchangeState, currency: string): readonly LedgerRow[] {
  const rows: LedgerRow[] = []
  for (const deposit of state.deposits) {
    if (deposit.currency !== currency) continue
    const type = currency === 'USD' ? 'fiat_deposit' : 'receive'
    rows.push({ id: deposit.depositId, type, amount: deposit.amount, atMs: deposit.atMs })
  }
  for (const fill of state.fills) {
    const order = state.orders.get(fill.orderId)
    if (!order) continue
    const isBuy = fill.side === 'BUY'
    const row = { type: 'advanced_trade_fill', atMs: fill.atMs, fill } as const
    if (order.baseCurrency === currency) {
      const amount = isBuy ? fill.baseSize : fill.baseSize.neg()
      rows.push({ ...row, id: uuidFrom(fill.tradeId, 'base'), amount })
    }
    if (order.quoteCurrency === currency) {
      const amount = (isBuy ? fill.quoteValue.neg() : fill.quoteValue).sub(fill.fee)
      rows.push({ ...row, id: uuidFrom(fill.tradeId, 'quote'), amount })
    }
  }
  return rows.reverse().sort((a, b) => b.atMs - a.atMs)
}
