import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/** A ticket was minted: the modes in force at this commit allow it (I9), and no other ticket of the intent can still be used (I1). */
export function checkTicket({ blame, shadow, exchange }: Bench, entry: ShadowIntent): void {
  const { intent } = entry
  const book = exchange.engine.product(intent.terms.productId)?.alias ?? intent.terms.productId
  const mode = shadow.modeFor(intent, book)
  if (mode === 'HALTED' || (mode === 'REDUCE_ONLY' && !intent.reducesExposure)) {
    blame('I9', `intent ${intent.intentId} got its ticket while trading is ${mode}`)
  }
  if (entry.tickets - 1 > entry.unsent) {
    blame('I1', `intent ${intent.intentId} has ticket ${entry.tickets}, only ${entry.unsent} surely never left`)
  }
}
