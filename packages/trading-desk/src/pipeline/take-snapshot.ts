import { bookIdsOf, dayResult, type RiskSnapshot } from '@tidegate/risk-engine'
import type { OrderRate, OrderTerms, Principal } from '@tidegate/trading-model'
import type { ClockWatch } from '../clock-watch.js'
import type { DeskContext } from '../context.js'
import type { KillSwitch } from '../kill-switch.js'
import { OPEN_STATES } from '../lifecycle/order-kind.js'
import { type DayMarks, utcDay } from '../positions/day-mark.js'
import type { FillLedger } from '../positions/fill-ledger.js'
import { holdingsOf } from '../positions/holdings.js'
import { valueCurrencies } from '../positions/value-currencies.js'
import type { SameBook } from '../same-book.js'
import type { AccountViews } from './account-view.js'
import { foldEdits } from './fold-edits.js'
import { readMarket, readProduct } from './market-view.js'
import type { PriceMemory } from './price-memory.js'
import { readRecent } from './recent-facts.js'

export interface SnapshotDeps {
  readonly context: DeskContext
  readonly killSwitch: KillSwitch
  readonly books: SameBook
  readonly ledger: FillLedger
  readonly dayMarks: DayMarks
  readonly accounts: AccountViews
  readonly prices: PriceMemory
  readonly clockWatch: ClockWatch
}

const rateWindowMs = 60_000

/** The order rates an order counts in: the account's, its agent's, and its book's where the policy has a limit for that. */
export function ratesOf(
  { policyFor }: DeskContext,
  principalName: string,
  book: Pick<RiskSnapshot, 'product' | 'bookProductId'>,
): readonly OrderRate[] {
  const policy = policyFor(principalName)
  const account = policy.maxOrdersPerMinute
  const agent = Math.min(account, policy.maxOrdersPerMinutePerAgent ?? account)
  const product = policy.maxOrdersPerMinutePerProduct
  return [
    { scope: 'account', cap: account, windowMs: rateWindowMs },
    { scope: `agent:${principalName}`, cap: agent, windowMs: rateWindowMs },
    ...(product === undefined
      ? []
      : [
          {
            scope: `product:${book.bookProductId}`,
            cap: product,
            windowMs: rateWindowMs,
            productIds: [...bookIdsOf(book, book.product?.productId ?? book.bookProductId)],
          },
        ]),
  ]
}

/**
 * Everything one decision is made from, read now.
 *
 * The order of the reads is part of the safety: limit rows first (their release epoch tells transaction 1 whether anything was given
 * back since), then fills, then wallets. What happens in between makes the snapshot too strict or makes transaction 1 refuse it;
 * it never counts the same money as both released and unspent. Ages are measured at the end: a process that was stopped amid the
 * reads must not take what it read before for fresh. A clock that went back makes old look new: it is looked at before the ages are, and
 * what that trips is in force for this decision already.
 *
 * @throws {NotReadyError} `ERR_NOT_READY`: the catalogue cannot be read. {StoreError} the journal failed.
 */
export async function takeSnapshot(
  deps: SnapshotDeps,
  principal: Pick<Principal, 'name'>,
  terms: OrderTerms,
): Promise<RiskSnapshot> {
  const { context, books, ledger, dayMarks, accounts, prices, clockWatch } = deps
  const { journal, clock } = context
  // The catalogue comes before the limits: it says which names the rate of the book is counted under, and releases nothing.
  const product = await readProduct(context, terms.productId)
  if (product) books.learn(product)
  const bookProductId = product?.alias ?? terms.productId
  const usage = await journal.limitUsage(ratesOf(context, principal.name, { product, bookProductId }))
  context.noteStoreTime(usage.nowMs)
  const fills = await ledger.fills(usage.releaseEpoch)
  const openIntents = foldEdits(await journal.listIntents({ states: OPEN_STATES }))
  const [view, market] = await Promise.all([accounts.read(), product ? readMarket(context, bookProductId) : undefined])
  const holdings = holdingsOf(view.balances)
  const currencies = [
    ...Object.keys(holdings),
    ...terms.productId.split('-'),
    ...openIntents.flatMap((intent) => intent.terms.productId.split('-')),
  ]
  const values = await valueCurrencies(context, currencies)
  const mark = await dayMarks.today(values.prices, Object.keys(holdings))
  await clockWatch.check()
  const mode = await modeFor(deps, principal.name, terms.productId, bookProductId)
  const nowMs = clock.nowMs()
  if (market?.usable) prices.note(bookProductId, market.value.bestBid.plus(market.value.bestAsk).div(2))
  const recent = await readRecent(deps, {
    principal: principal.name,
    terms,
    bookProductId,
    fills,
    holdings,
    usdPrices: values.prices,
    nowMs,
  })
  const day = dayResult({ fills, mark, nowPrices: values.prices, day: utcDay(context.storeNowMs()), holdings })
  return {
    nowMs,
    product,
    bookProductId,
    market: market && { value: market.value, ageMs: Math.max(0, nowMs - market.asOfMs), usable: market.usable },
    balances: { value: view.balances, ageMs: nowMs - view.asOfMs, usable: view.usable },
    feeRates: view.feeRates,
    usdPrices: values.prices,
    openIntents,
    usage,
    day: {
      realizedUsd: day.realizedUsd,
      unrealizedUsd: day.unrealizedUsd,
      feesUsd: day.feesUsd,
      complete: day.complete,
    },
    mode: mode.mode,
    ...(mode.reason === undefined ? {} : { modeReason: mode.reason }),
    principal: principal.name,
    recent,
  }
}

function modeFor(
  { killSwitch }: SnapshotDeps,
  principalName: string,
  productId: string,
  bookProductId: string,
): ReturnType<KillSwitch['strictest']> {
  return killSwitch.strictest(['account', `agent:${principalName}`, `product:${productId}`, `product:${bookProductId}`])
}
