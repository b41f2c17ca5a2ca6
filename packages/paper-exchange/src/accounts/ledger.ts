import type { Decimal } from '@tidegate/trading-model'
import type { ExchangeState } from '../engine/exchange-state.js'
import type { FillRecord } from '../engine/records.js'
import { uuidFrom } from '../keys/identity.js'

/** One movement of a wallet. */
export interface LedgerRow {
  readonly id: string
  readonly type: 'fiat_deposit' | 'receive' | 'advanced_trade_fill' | 'transfer'
  /** Signed: positive came in. Fees are inside. */
  readonly amount: Decimal
  readonly atMs: number
  readonly fill?: FillRecord
}

/** Everything that moved the total of a portfolio's wallet, newest first. The amounts add up to available + hold exactly. */
export function ledgerOf(state: ExchangeState, portfolioId: string, currency: string): readonly LedgerRow[] {
  const rows: LedgerRow[] = []
  for (const deposit of state.deposits) {
    if (deposit.currency !== currency || deposit.portfolioId !== portfolioId) continue
    const type = currency === 'USD' ? 'fiat_deposit' : 'receive'
    rows.push({ id: deposit.depositId, type, amount: deposit.amount, atMs: deposit.atMs })
  }
  for (const { moveId, fromPortfolioId, toPortfolioId, currency: moved, amount, atMs } of state.moves) {
    if (moved !== currency) continue
    if (fromPortfolioId === portfolioId) {
      rows.push({ id: uuidFrom(moveId, 'from'), type: 'transfer', amount: amount.neg(), atMs })
    }
    if (toPortfolioId === portfolioId) rows.push({ id: uuidFrom(moveId, 'to'), type: 'transfer', amount, atMs })
  }
  for (const fill of state.fills) {
    const order = state.orders.get(fill.orderId)
    if (order?.portfolioId !== portfolioId) continue
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
