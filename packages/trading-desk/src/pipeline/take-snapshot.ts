import { dayResult, type RiskSnapshot } from '@tidegate/risk-engine'
import type { Mode, OrderRate, OrderTerms, Principal } from '@tidegate/trading-model'
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

export interface SnapshotDeps {
  readonly context: DeskContext
  readonly killSwitch: KillSwitch
  readonly books: SameBook
  readonly ledger: FillLedger
  readonly dayMarks: DayMarks
  readonly accounts: AccountViews
}

const rateWindowMs = 60_000

/** The order rates of a principal: the account's and its own, both by the policy's one number. */
export function ratesOf(context: DeskContext, principalName: string): readonly OrderRate[] {
  const cap = context.policy.maxOrdersPerMinute
  return ['account', `agent:${principalName}`].map((scope) => ({ scope, cap, windowMs: rateWindowMs }))
}

/**
 * Everything one decision is made from, read now.
 *
 * The order of the reads is part of the safety: limit rows first (their release epoch tells transaction 1 whether anything was given
 * back since), then fills, then wallets. What happens in between makes the snapshot too strict or makes transaction 1 refuse it;
 * it never counts the same money as both released and unspent.
 *
 * @throws {NotReadyError} `ERR_NOT_READY`: the catalogue cannot be read. {StoreError} the journal failed.
 */
export async function takeSnapshot(
  deps: SnapshotDeps,
  principal: Pick<Principal, 'name'>,
  terms: OrderTerms,
): Promise<RiskSnapshot> {
  const { context, books, ledger, dayMarks, accounts } = deps
  const { journal, clock } = context
  const usage = await journal.limitUsage(ratesOf(context, principal.name))
  const fills = await ledger.fills(usage.releaseEpoch)
  const [intents, product] = await Promise.all([
    journal.listIntents({ states: OPEN_STATES }),
    readProduct(context, terms.productId),
  ])
  const openIntents = foldEdits(intents)
  if (product) books.learn(product)
  const bookProductId = product?.alias ?? terms.productId
  const [view, market, mode] = await Promise.all([
    accounts.read(),
    product ? readMarket(context, bookProductId) : undefined,
    modeFor(deps, principal.name, terms.productId, bookProductId),
  ])
  const holdings = holdingsOf(view.balances)
  const currencies = [
    ...Object.keys(holdings),
    ...terms.productId.split('-'),
    ...openIntents.flatMap((intent) => intent.terms.productId.split('-')),
  ]
  const values = await valueCurrencies(context, currencies)
  const mark = await dayMarks.today(values.prices, Object.keys(holdings))
  const nowMs = clock.nowMs()
  const day = dayResult({ fills, mark, nowPrices: values.prices, day: utcDay(nowMs), holdings })
  return {
    nowMs,
    product,
    bookProductId,
    market,
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
    mode,
    principal: principal.name,
  }
}

function modeFor(
  { killSwitch }: SnapshotDeps,
  principalName: string,
  productId: string,
  bookProductId: string,
): Promise<Mode> {
  return killSwitch.strictest(['account', `agent:${principalName}`, `product:${productId}`, `product:${bookProductId}`])
}
