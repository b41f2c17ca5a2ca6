import { Decimal, type Fill, type Transfer } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext, describeError } from '../context.js'
import { DOUBTFUL_STATES, isLive, LIVE_STATES } from '../lifecycle/order-kind.js'
import { sumFills } from '../lifecycle/settle.js'
import type { FillLedger } from '../positions/fill-ledger.js'
import { holdingsOf } from '../positions/holdings.js'
import { valueCurrencies } from '../positions/value-currencies.js'
import {
  type Baseline,
  compareBalances,
  type Difference,
  dustFor,
  expectedBalances,
  sayDifference,
} from './balance-ledger.js'
import { createBaselineStore } from './baseline-store.js'

export interface BalanceCheck {
  /** Differences above dust, as sentences. `undefined`: something moved while it looked, so this look says nothing. */
  check(): Promise<readonly string[] | undefined>
  /** From when on fills belong to the ledger, venue time; takes the opening inventory on the very first start. */
  openedAtMs(): Promise<number>
  /** A person goes on in spite of differences: the wallets as they are become the new baseline. Without differences nothing changes. */
  accept(by: string, reason: string): Promise<void>
}

const transfersToRead = 250
const dayMs = 86_400_000

/**
 * Compares the wallets with what fills and transfers explain. Nothing is ever booked to make them match: a difference stops orders
 * that increase risk and waits for a person.
 */
export function createBalanceCheck(
  context: DeskContext,
  ledger: FillLedger,
  listNewFills: () => Promise<readonly Fill[]>,
): BalanceCheck {
  const { account, settings, log } = context
  const store = createBaselineStore(context)
  let baseline: Baseline | undefined

  async function wallets() {
    return holdingsOf(await account.balances())
  }

  async function opened(): Promise<Baseline> {
    baseline ??= await store.load()
    baseline ??= await store.open(await wallets())
    return baseline
  }

  async function transfers(): Promise<readonly Transfer[] | undefined> {
    try {
      return await account.transfers(transfersToRead)
    } catch (error) {
      log.debug('transfers_unreadable', { error: describeError(error) })
      return undefined
    }
  }

  async function check(): Promise<readonly string[] | undefined> {
    const from = await opened()
    if (await isUnsettled(context, await ledger.fills())) return undefined
    const known = await ledger.fills()
    const actual = await wallets()
    const moved = await transfers()
    // A fill that arrived while we read would look like a difference.
    if ((await listNewFills()).length > 0) return undefined
    const counted = known.filter((fill) => fill.tradedAtMs >= from.atMs)
    const { prices } = await valueCurrencies(context, [...Object.keys(actual), ...Object.keys(from.balances)])
    const found = compareBalances(expectedBalances(from, counted, moved ?? []), actual, (currency) =>
      dustFor(settings.dustUsd, prices[currency], counted.length),
    ).filter((difference) => moved !== undefined || isLoss(difference))
    const stale = context.venueNowMs() - from.atMs > dayMs
    if (found.length === 0 && stale && counted.every((fill) => isOld(context, fill))) {
      baseline = await store.save(actual, { actor: DESK_ACTOR, reason: 'daily, in agreement' })
    }
    return found.map(sayDifference)
  }

  return {
    check,
    async openedAtMs() {
      const { atMs, openedAtMs } = await opened()
      return openedAtMs ?? atMs
    },
    async accept(by, reason) {
      const differences = await check()
      if (!differences || differences.length === 0) return
      log.warn('ledger_difference_accepted', { by, reason, differences })
      // What the wallets show and the lists do not yet still belongs to the ledger: it is counted when it shows up.
      const { atMs, openedAtMs = atMs } = await opened()
      baseline = await store.save(await wallets(), { actor: by, reason: `accepted by a person: ${reason}`, openedAtMs })
    },
  }
}

/**
 * True while the wallets may rightly be ahead of the record: an order in doubt can have been filled, and an order can show executions
 * that the lists do not show yet. Their exposure is held meanwhile.
 */
async function isUnsettled(context: DeskContext, fills: readonly Fill[]): Promise<boolean> {
  const intents = await context.journal.listIntents({
    states: [...LIVE_STATES, ...DOUBTFUL_STATES, 'QUARANTINED'],
  })
  return intents.some((intent) => {
    if (!isLive(intent)) return true
    const own = fills.filter((fill) => fill.orderId === intent.venueOrderId)
    return sumFills(own).minus(intent.filledSize).abs().gt(new Decimal('0.00000001').mul(own.length))
  })
}

/** Without the list of transfers more money may be a deposit; less money never explains itself. */
function isLoss(difference: Difference): boolean {
  return difference.amount.isNegative()
}

/** A baseline is only taken when no fill is so young that its time and ours could be confused. */
function isOld(context: DeskContext, fill: Fill): boolean {
  return context.venueNowMs() - fill.tradedAtMs > 60_000
}
