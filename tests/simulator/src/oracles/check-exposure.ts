import { Decimal, isTerminal, type Journal, type Reservation, ZERO } from '@tidegate/trading-model'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/**
 * Limits, added up anew from what the exchange and the record of intents show (I3): whatever may be, is or may become an order counts in
 * full, less what has been filled; the sum with the new order is within the cap that the new order was taken under.
 */
export function checkExposure(bench: Bench, entry: ShadowIntent): void {
  for (const { scope, window, cap } of entry.reservations) {
    let sum = 0n
    for (const other of bench.shadow.intents.values()) {
      for (const reservation of other.reservations) {
        if (reservation.scope === scope && reservation.window === window) sum += exposureOf(bench, other, reservation)
      }
    }
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
        for (const reservation of entry.reservations) {
          if (reservation.window !== 'open') continue
          due.set(reservation.scope, (due.get(reservation.scope) ?? 0n) + exposureOf(bench, entry, reservation))
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

/** What an intent may still cost of a limit, by the exchange's books where it has the order. */
export function exposureOf(bench: Bench, { intent }: ShadowIntent, reservation: Reservation): bigint {
  const order = bench.orderOf(intent.clientOrderId)
  if (!order) return isTerminal(intent.state) ? 0n : reservation.amount
  if (!['PENDING', 'OPEN', 'EDIT_QUEUED', 'CANCEL_QUEUED'].includes(order.status)) return 0n
  if (intent.terms.size.kind === 'quote') return reservation.amount
  const left = intent.terms.size.baseSize.minus(order.filledSize).div(intent.terms.size.baseSize)
  return BigInt(new Decimal(reservation.amount.toString()).mul(Decimal.max(left, ZERO)).floor().toFixed(0))
}

/** Equity in USD by the exchange's wallets at the prices it shows. */
export function equityUsd({ exchange, market }: Pick<Bench, 'exchange' | 'market'>): Decimal {
  return exchange.engine.state.wallets.all().reduce((sum, wallet) => {
    const price = wallet.currency === 'BTC' || wallet.currency === 'ETH' ? market.mid(`${wallet.currency}-USD`) : 1
    return sum.plus(wallet.available.plus(wallet.hold).mul(price))
  }, ZERO)
}

/** No order that adds risk once the day's loss, by the exchange's wallets, is clearly beyond the limit. */
function checkDayLoss(bench: Bench, { intent }: ShadowIntent): void {
  const opening = bench.openingEquityUsd()
  if (!opening || intent.reducesExposure) return
  const loss = opening.minus(equityUsd(bench))
  const tolerance = opening.mul('0.01')
  if (loss.gt(bench.policy.maxLossPerDayUsd.plus(tolerance))) {
    bench.blame('I3', `the day has lost ${loss.toFixed(2)} USD, and intent ${intent.intentId} may add risk`)
  }
}
