import { type Balance, type FeeRates, ZERO } from '@tidegate/trading-model'
import { type DeskContext, describeError } from '../context.js'

export interface AccountView {
  readonly balances: readonly Balance[]
  readonly feeRates: FeeRates
  readonly asOfMs: number
  /** False when the venue did not tell balances or fees: the engine then refuses. */
  readonly usable: boolean
}

export interface AccountViews {
  /** Wallets read now; fee rates at most `feeRatesMaxAgeMs` old. Never throws: what is not known is not usable. */
  read(): Promise<AccountView>
  feeRates(): Promise<FeeRates>
}

/** Stands where no rates are known; such a view is never usable. */
const unknownRates: FeeRates = { tier: 'unknown', takerRate: ZERO, makerRate: ZERO, volumeUsd: ZERO }

/** @returns Reader of the account over the injected port. */
export function createAccountViews(context: DeskContext): AccountViews {
  const { account, clock, settings, log } = context
  let rates: { readonly value: FeeRates; readonly atMs: number } | undefined

  async function feeRates(): Promise<FeeRates> {
    if (rates && clock.nowMs() - rates.atMs <= settings.feeRatesMaxAgeMs) return rates.value
    rates = { value: await account.feeRates(), atMs: clock.nowMs() }
    return rates.value
  }

  return {
    feeRates,
    async read() {
      const askedAtMs = clock.nowMs()
      const [balances, fees] = await Promise.allSettled([account.balances(), feeRates()])
      for (const part of [balances, fees]) {
        if (part.status === 'rejected') log.warn('account_unreadable', { error: describeError(part.reason) })
      }
      return {
        balances: balances.status === 'fulfilled' ? balances.value : [],
        feeRates: fees.status === 'fulfilled' ? fees.value : unknownRates,
        // As old as the question: what changed while the answer travelled is not in it.
        asOfMs: askedAtMs,
        usable: balances.status === 'fulfilled' && fees.status === 'fulfilled',
      }
    },
  }
}
