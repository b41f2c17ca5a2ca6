import type { Decimal } from '@tidegate/trading-model'
import type { ExchangeState } from './exchange-state.js'
import { DEFAULT_PORTFOLIO, type PortfolioRecord } from './records.js'
import type { Work } from './work.js'

/** Money that is to move between two own portfolios. */
export interface FundsMove {
  readonly fromPortfolioId: string
  readonly toPortfolioId: string
  readonly currency: string
  readonly amount: Decimal
}

/** Money from outside. */
export function depositMoney(work: Work, currency: string, amount: Decimal, portfolioId: string): void {
  const deposit = { depositId: work.ids.uuid(), currency, amount, atMs: work.nowMs, portfolioId }
  work.apply({ kind: 'deposited', deposit })
}

/** Opens a portfolio beside the default one. */
export function createPortfolio(work: Work, name: string): PortfolioRecord {
  const portfolio = { portfolioId: work.ids.uuid(), name, createdAtMs: work.nowMs, isDeleted: false }
  work.apply({ kind: 'portfolio-set', portfolio })
  return portfolio
}

/** True for the default portfolio and every other that is there. */
export function hasPortfolio(state: ExchangeState, portfolioId: string): boolean {
  return portfolioId === DEFAULT_PORTFOLIO || state.portfolios.get(portfolioId)?.isDeleted === false
}

/** Renames or deletes. @returns why not: it is unknown, the default one, or (to be deleted) not empty. */
export function changePortfolio(
  work: Work,
  portfolioId: string,
  change: { readonly name?: string; readonly isDeleted?: boolean },
): 'unknown' | 'not-empty' | undefined {
  const portfolio = work.state.portfolios.get(portfolioId)
  if (!portfolio || portfolio.isDeleted) return 'unknown'
  const wallets = work.state.walletsOf(portfolioId).all()
  const isEmpty = wallets.every((wallet) => wallet.available.add(wallet.hold).isZero())
  if (change.isDeleted === true && !isEmpty) return 'not-empty'
  work.apply({ kind: 'portfolio-set', portfolio: { ...portfolio, ...change } })
  return undefined
}

/** Moves available money between two own portfolios. @returns why not. */
export function moveFunds(work: Work, move: FundsMove): 'unknown' | 'insufficient' | undefined {
  const { state } = work
  const { fromPortfolioId, toPortfolioId, currency, amount } = move
  if (!hasPortfolio(state, fromPortfolioId) || !hasPortfolio(state, toPortfolioId)) return 'unknown'
  if (fromPortfolioId === toPortfolioId || amount.lte(0)) return 'unknown'
  if (amount.gt(state.walletsOf(fromPortfolioId).available(currency))) return 'insufficient'
  work.apply({ kind: 'moved', move: { ...move, moveId: work.ids.uuid(), atMs: work.nowMs } })
  return undefined
}
