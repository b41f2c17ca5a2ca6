import { Decimal, isTerminal, type Journal, ZERO } from '@tidegate/trading-model'
import type { Quote } from '../venue/market-driver.js'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/**
 * Limits, added up anew from what the exchange and the record of intents show (I3): whatever may be, is or may become an order counts in
 * full, less what has been filled; the sum with the new order is within the cap that the new order was taken under.
 */
export function checkExposure(bench: Bench, entry: ShadowIntent): void {
  const target = bench.shadow.intents.get(entry.intent.targetIntentId ?? '')
  for (const { scope, window, cap } of entry.reservations) {
    // A change that asks for no more than its order has passes limits that are exceeded already.
    if (target && beside(bench, entry, target, scope, window) === 0n) continue
    let sum = 0n
    for (const other of bench.shadow.intents.values()) sum += dueOf(bench, other, scope, window)
    if (sum > cap) bench.blame('I3', `${scope}: ${sum} is out with intent ${entry.intent.intentId}, ${cap} is the cap`)
  }
  checkDayLoss(bench, entry)
}

/** The limit rows never hold less than what is out: looked at after every change of an intent (I3). */
export function checkReserved(bench: Bench, store: Journal): void {
  store.limitUsage([]).then(
    ({ rows }) => {
      const due = new Map<string, bigint>()
      for (const entry of bench.shadow.intents.values()) {
        for (const { scope, window } of entry.reservations) {
          if (window === 'open') due.set(scope, (due.get(scope) ?? 0n) + dueOf(bench, entry, scope, window))
        }
      }
      for (const [scope, amount] of due) {
        const held = rows.find((row) => row.scope === scope && row.window === 'open')?.used ?? 0n
        if (held < amount) bench.blame('I3', `${scope}: ${held} is held, ${amount} is out`)
      }
    },
    // A store that was closed meanwhile has nothing to say.
    () => {},
  )
}

/** What an intent counts against one limit: what it may still cost; of a change that is not sent or not shown, what it exceeds its order by. */
function dueOf(bench: Bench, entry: ShadowIntent, scope: string, window: string): bigint {
  const { intent } = entry
  const target = bench.shadow.intents.get(intent.targetIntentId ?? '')
  const isBeside = intent.kind === 'edit' || intent.state === 'AWAITING_APPROVAL' || intent.state === 'RESERVED'
  return target && isBeside ? beside(bench, entry, target, scope, window) : exposureOf(bench, entry, scope, window)
}

/**
 * Until it is shown which of them is true, an order and its change together count the larger (ADR 0007): what the change adds to its
 * order. An edit adds nothing to an order that is over; a replacement then stands alone.
 */
function beside(bench: Bench, change: ShadowIntent, target: ShadowIntent, scope: string, window: string): bigint {
  if (isTerminal(change.intent.state)) return 0n
  const claim = claimOn(change, scope, window)
  const order = bench.orderOf(target.intent.clientOrderId)
  const isOver = order === undefined || !isLive(order.status)
  if (change.intent.kind === 'edit' && isOver) return 0n
  const { size } = change.intent.terms
  const left =
    change.intent.kind === 'edit' && order && size.kind === 'base'
      ? scaled(claim, size.baseSize.minus(order.filledSize).div(size.baseSize))
      : claim
  const held = exposureOf(bench, target, scope, window)
  return left > held ? left - held : 0n
}

function claimOn({ reservations }: ShadowIntent, scope: string, window: string): bigint {
  return reservations.find((row) => row.scope === scope && row.window === window)?.amount ?? 0n
}

function scaled(amount: bigint, share: Decimal): bigint {
  return BigInt(new Decimal(amount.toString()).mul(Decimal.max(share, ZERO)).floor().toFixed(0))
}

function isLive(status: string): boolean {
  return ['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED'].includes(status)
}

/** What an order may still cost of a limit, by the exchange's books where it has the order. */
function exposureOf(bench: Bench, entry: ShadowIntent, scope: string, window: string): bigint {
  const { intent } = entry
  const amount = claimOn(entry, scope, window)
  const order = bench.orderOf(intent.clientOrderId)
  if (!order) return isTerminal(intent.state) ? 0n : amount
  // Nothing is held for what was truly refused, until it is seen that a copy was not.
  if (intent.state === 'REJECTED' && bench.surfaced.allows(intent)) return 0n
  if (!isLive(order.status)) return 0n
  if (intent.terms.size.kind === 'quote') return amount
  return scaled(amount, intent.terms.size.baseSize.minus(order.filledSize).div(intent.terms.size.baseSize))
}

/**
 * Equity in USD that the day is measured from: by the exchange's wallets, at the mark's own prices, which may be as old as any at which the
 * desk values what it holds. Never at less than the worst that was shown within that time.
 */
export function openingUsd(
  { exchange, market, world }: Pick<Bench, 'exchange' | 'market' | 'world'>,
  prices: Readonly<Record<string, string>>,
): Decimal {
  const sinceMs = world.nowMs() - valuedWithinMs
  return exchange.engine.state.wallets.all().reduce((sum, wallet) => {
    const held = wallet.available.plus(wallet.hold)
    if (wallet.currency !== 'BTC' && wallet.currency !== 'ETH') return sum.plus(held)
    const shown = shownSince(market, `${wallet.currency}-USD`, sinceMs)
    const least = shown.reduce<Decimal | undefined>(
      (min, { bid }) => (min?.lt(bid) ? min : new Decimal(bid)),
      undefined,
    )
    const worst = (least ?? new Decimal(market.mid(`${wallet.currency}-USD`))).mul(new Decimal(1).minus(spread))
    return sum.plus(held.mul(Decimal.max(worst, prices[wallet.currency] ?? ZERO)))
  }, ZERO)
}

function shownSince(market: Bench['market'], bookId: string, sinceMs: number): readonly Quote[] {
  const quotes = market.quotes(bookId)
  return quotes.filter((_, index) => (quotes[index + 1]?.fromMs ?? Number.MAX_SAFE_INTEGER) >= sinceMs)
}

/** How old a price may be at which the desk values what it holds, and how long a decision may take to be recorded, ms. */
const valuedWithinMs = 75_000
/** Between a mid and the better side of the book. */
const spread = '0.001'

/**
 * No order that adds risk once the day's loss is beyond the limit (I3): by the exchange's wallets, at the best prices that were shown
 * within the time in which the desk values what it holds. What filled and is not recorded yet the desk cannot know; there we do not judge.
 */
function checkDayLoss(bench: Bench, { intent }: ShadowIntent): void {
  const { exchange, market, shadow, world, policy } = bench
  const opening = bench.openingEquityUsd()
  if (!opening || intent.reducesExposure) return
  if (exchange.engine.state.fills.some((fill) => !shadow.fills.has(`${fill.orderId} ${fill.tradeId}`))) return
  const since = world.nowMs() - valuedWithinMs
  const best = exchange.engine.state.wallets.all().reduce((sum, wallet) => {
    const held = wallet.available.plus(wallet.hold)
    if (wallet.currency !== 'BTC' && wallet.currency !== 'ETH') return sum.plus(held)
    const shown = shownSince(market, `${wallet.currency}-USD`, since)
    const price = shown.reduce((most, { ask }) => Decimal.max(most, ask), ZERO)
    return sum.plus(held.mul(price).mul(new Decimal(spread).plus(1)))
  }, ZERO)
  const loss = opening.minus(best)
  if (loss.gt(policy.maxLossPerDayUsd.plus(1))) {
    bench.blame('I3', `the day has lost ${loss.toFixed(2)} USD, and intent ${intent.intentId} may add risk`)
  }
}
