import { Decimal, EXTERNAL_PRINCIPAL, type Intent, type IntentState, ONE, ZERO } from '@tidegate/trading-model'
import { pairOf } from './currencies.js'
import type { RiskSnapshot } from './snapshot.js'
import { remainingBase, remainingQuote, type UsdPrices, valueLeft } from './valuation.js'

/** States in which the venue may hold money for an intent of ours. */
const atVenue: ReadonlySet<IntentState> = new Set<IntentState>([
  'SUBMITTING',
  'UNKNOWN',
  'QUARANTINED',
  'ACKED',
  'OPEN',
])

/** A wallet as the funds rule sees it, in units of its currency. */
export interface WalletView {
  /** `available + hold`. */
  readonly total: Decimal
  /** Part of the hold that no intent of ours explains. */
  readonly externalHold: Decimal
  /** `total − externalHold`: what our own reservations may come to. */
  readonly cap: Decimal
}

/**
 * How much of a wallet Tidegate may reserve.
 *
 * A limit row counts what all our live intents reserve, from the moment they are recorded, so the cap it is compared with has to be
 * the whole wallet and not `available`: the venue takes our resting orders out of `available` too, and they would count twice.
 * Only holds that are not ours come off: `externalHold = max(0, hold − what our own intents at the venue hold)`.
 *
 * - Intents that may be at the venue without our knowing (SUBMITTING, UNKNOWN) count as ours. If they are not there after all, an
 *   external hold can hide behind them; the venue then refuses for lack of funds, which costs nothing. The other choice would count a
 *   live UNKNOWN sell twice and refuse the exit from the rest of a position.
 * - Orders adopted from outside hold no reservation, so what the venue holds for them stays external.
 */
export function viewWallet(snapshot: RiskSnapshot, currency: string, prices: UsdPrices): WalletView {
  const wallets = snapshot.balances.value.filter((balance) => balance.currency === currency)
  const hold = wallets.reduce((sum, wallet) => sum.plus(wallet.hold), ZERO)
  const total = wallets.reduce((sum, wallet) => sum.plus(wallet.available), hold)
  const ours = snapshot.openIntents
    .filter((intent) => intent.principal !== EXTERNAL_PRINCIPAL && atVenue.has(intent.state))
    .reduce((sum, intent) => sum.plus(heldAtVenue(intent, currency, snapshot.feeRates.takerRate, prices)), ZERO)
  const externalHold = Decimal.max(hold.minus(ours), 0)
  return { total, externalHold, cap: total.minus(externalHold) }
}

/** What the venue holds of `currency` for an intent: remaining × limit × (1 + taker rate) for buys, remaining base for sells. */
function heldAtVenue(intent: Intent, currency: string, takerRate: Decimal, prices: UsdPrices): Decimal {
  const { terms } = intent
  const { base, quote } = pairOf(terms.productId)
  if ((terms.side === 'BUY' ? quote : base) !== currency) return ZERO
  const baseLeft = remainingBase(intent)
  const quoteLeft = remainingQuote(intent)
  if (terms.side === 'BUY') {
    if (quoteLeft) return quoteLeft
    if (terms.orderType !== 'MARKET') return valueLeft(intent).mul(ONE.plus(Decimal.max(takerRate, 0)))
    const usdPerQuote = prices(quote)
    return usdPerQuote ? new Decimal(intent.worstNotionalUsd).div(usdPerQuote) : ZERO
  }
  if (baseLeft) return baseLeft
  if (terms.orderType !== 'MARKET') return (quoteLeft ?? ZERO).div(terms.limitPrice)
  const usdPerBase = prices(base)
  return usdPerBase ? new Decimal(intent.worstNotionalUsd).div(usdPerBase) : ZERO
}
