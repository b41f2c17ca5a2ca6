import type { Effect, OrderRecord } from '@tidegate/paper-exchange/in-process'
import type { Policy } from '@tidegate/risk-engine'
import { type Decimal, type HttpRequest, type Journal, type OrderTerms, serializeTerms } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'
import { checkAcceptance } from './check-acceptance.js'
import { checkApproval, checkVerdict } from './check-approval.js'
import { checkMade, checkRework, type Rework } from './check-change.js'
import { checkEnd } from './check-end.js'
import { checkExposure, checkReserved } from './check-exposure.js'
import { checkFills } from './check-fills.js'
import { checkDecisionData, checkTicketData } from './check-market-data.js'
import { checkMode } from './check-mode.js'
import { createSendCheck } from './check-sends.js'
import { checkStates } from './check-states.js'
import { checkTicket } from './check-ticket.js'
import { checkWish } from './check-wish.js'
import { createPriceWatch, type PriceWatch } from './price-watch.js'
import { createRefusals, type Refusals } from './refusals.js'
import { createShadow, type Shadow, type ShadowIntent } from './shadow.js'
import { createSurfaced, type Surfaced } from './surfaced.js'

/** A broken promise: which, and how. */
export interface Violation {
  readonly invariant: string
  readonly problem: string
}

/** What every checker looks at. */
export interface Bench {
  readonly world: World
  readonly exchange: SimExchange
  readonly market: MarketDriver
  readonly shadow: Shadow
  readonly policy: Policy
  /** The longest a signed request may be under way and still be taken, ms. */
  readonly tokenLifetimeMs: number
  readonly signWithinMs: number
  /** Orders that somebody placed outside Tidegate. */
  readonly outside: ReadonlySet<string>
  /** Orders of ours that somebody changed outside. */
  readonly editedOutside: ReadonlySet<string>
  /** Ids under which the exchange booked another order than it was sent: those must end in a person's hands. */
  readonly mistaken: ReadonlySet<string>
  /** When the account was taken over with what it held, by the desk's idea of the venue's time. */
  openedAtMs(): number | undefined
  /** Equity by the exchange's wallets when the day began. */
  openingEquityUsd(): Decimal | undefined
  /** Moments at which the clock of a process showed this time; more than one when it was stepped. */
  worldTimesOf(process: string, clockMs: number): readonly number[]
  /** When market data of a book last reached a process, by the time at which the exchange told it. */
  pricesSeenAtMs(process: string, bookId: string): number | undefined
  readonly refusals: Refusals
  readonly surfaced: Surfaced
  /** The exchange's order under our id. */
  orderOf(clientOrderId: string): OrderRecord | undefined
  readonly blame: (invariant: string, problem: string) => void
}

/** Judges a run: after every commit of the store, at every acceptance of the exchange, and at the end. */
export interface Judge {
  readonly shadow: Shadow
  readonly violations: readonly Violation[]
  readonly prices: PriceWatch
  readonly refusals: Refusals
  readonly surfaced: Surfaced
  onCommit(
    by: string,
    method: keyof Journal,
    args: readonly unknown[],
    result: unknown,
    store: Journal,
  ): ShadowIntent | undefined
  onEffects(effects: readonly Effect[]): void
  /** Told of every request as it leaves a process. */
  onSend(verb: string, request: HttpRequest): void
  atEnd(journal: Journal): Promise<void>
  readonly blame: (invariant: string, problem: string) => void
}

/** @param bench - Everything but the record, which the judge keeps himself. */
export function createJudge(
  parts: Omit<Bench, 'shadow' | 'blame' | 'orderOf' | 'pricesSeenAtMs' | 'refusals' | 'surfaced'> & {
    readonly listLagMs: number
  },
): Judge {
  const shadow = createShadow()
  const violations: Violation[] = []
  const blame = (invariant: string, problem: string): void => {
    violations.push({ invariant, problem })
    parts.world.trace.note(parts.world.nowMs(), `VIOLATION ${invariant}`, problem)
  }
  const orders = new Map<string, OrderRecord>()
  const reworks: Rework[] = []
  const prices = createPriceWatch()
  const refusals = createRefusals()
  const surfaced = createSurfaced({
    nowMs: () => parts.world.nowMs(),
    listLagMs: parts.listLagMs,
    refusals,
    stateOf: (intentId) => shadow.intents.get(intentId)?.intent.state,
    blame,
  })
  const bench: Bench = {
    ...parts,
    shadow,
    blame,
    refusals,
    surfaced,
    orderOf: (clientOrderId) => orders.get(clientOrderId),
    pricesSeenAtMs: (process, bookId) => prices.seenAtMs(process, bookId),
  }

  return {
    shadow,
    violations,
    blame,
    prices,
    refusals,
    surfaced,
    onCommit(by, method, args, result, store) {
      if (method === 'setMode') checkMode(bench, result)
      const entry = shadow.commit(by, method, args, result, parts.world.nowMs())
      if (method === 'recordFills') checkFills(bench, args, result)
      if (!entry) return undefined
      if (method === 'decideApproval') checkVerdict(bench, entry)
      if (method === 'recordIntent') {
        checkWish(bench, entry)
        checkExposure(bench, entry)
        checkDecisionData(bench, entry)
      }
      if (method === 'beginSubmit') {
        checkTicket(bench, entry)
        checkApproval(bench, entry)
        checkTicketData(bench, by, entry)
      }
      if (method === 'apply') checkMade(bench, entry, reworks)
      checkStates(bench, entry)
      checkReserved(bench, store)
      return entry
    },
    onEffects(effects) {
      for (const effect of effects) {
        if (effect.kind === 'reworked' && effect.was !== undefined) {
          const rework = { ...effect, terms: serializeTerms(effect.terms as OrderTerms) }
          reworks.push(rework)
          checkRework(bench, rework)
        }
        if (effect.kind !== 'accepted') continue
        const { order } = effect
        if (orders.has(order.clientOrderId)) blame('I1', `two orders under ${order.clientOrderId}`)
        const record = parts.exchange.engine.state.orders.get(order.orderId) ?? order
        orders.set(order.clientOrderId, record)
        checkAcceptance(bench, record)
      }
    },
    onSend: createSendCheck(() => bench),
    atEnd: (journal) => checkEnd(bench, journal),
  }
}
