import type { Effect, OrderRecord } from '@tidegate/paper-exchange/in-process'
import type { Policy } from '@tidegate/risk-engine'
import type { Decimal, Journal } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'
import { checkAcceptance } from './check-acceptance.js'
import { checkApproval } from './check-approval.js'
import { checkEnd } from './check-end.js'
import { checkExposure, checkReserved } from './check-exposure.js'
import { checkFills } from './check-fills.js'
import { checkMarketData } from './check-market-data.js'
import { checkMode } from './check-mode.js'
import { checkStates } from './check-states.js'
import { checkTicket } from './check-ticket.js'
import { checkWish } from './check-wish.js'
import { createShadow, type Shadow, type ShadowIntent } from './shadow.js'

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
  /** When the account was taken over with what it held, by the desk's idea of the venue's time. */
  openedAtMs(): number | undefined
  /** Equity by the exchange's wallets when the day began. */
  openingEquityUsd(): Decimal | undefined
  /** The exchange's order under our id. */
  orderOf(clientOrderId: string): OrderRecord | undefined
  readonly blame: (invariant: string, problem: string) => void
}

/** Judges a run: after every commit of the store, at every acceptance of the exchange, and at the end. */
export interface Judge {
  readonly shadow: Shadow
  readonly violations: readonly Violation[]
  onCommit(
    by: string,
    method: keyof Journal,
    args: readonly unknown[],
    result: unknown,
    store: Journal,
  ): ShadowIntent | undefined
  onEffects(effects: readonly Effect[]): void
  atEnd(journal: Journal): Promise<void>
  readonly blame: (invariant: string, problem: string) => void
}

/** @param bench - Everything but the record, which the judge keeps himself. */
export function createJudge(parts: Omit<Bench, 'shadow' | 'blame' | 'orderOf'>): Judge {
  const shadow = createShadow()
  const violations: Violation[] = []
  const blame = (invariant: string, problem: string): void => {
    violations.push({ invariant, problem })
    parts.world.trace.note(parts.world.nowMs(), `VIOLATION ${invariant}`, problem)
  }
  const orders = new Map<string, OrderRecord>()
  const bench: Bench = { ...parts, shadow, blame, orderOf: (clientOrderId) => orders.get(clientOrderId) }

  return {
    shadow,
    violations,
    blame,
    onCommit(by, method, args, result, store) {
      if (method === 'setMode') checkMode(bench, result)
      const entry = shadow.commit(by, method, args, result, parts.world.nowMs())
      if (method === 'recordFills') checkFills(bench, args, result)
      if (!entry) return undefined
      if (method === 'recordIntent') {
        checkWish(bench, entry)
        checkExposure(bench, entry)
      }
      if (method === 'beginSubmit') {
        checkTicket(bench, entry)
        checkApproval(bench, entry)
        checkMarketData(bench, entry)
      }
      checkStates(bench, entry)
      checkReserved(bench, store)
      return entry
    },
    onEffects(effects) {
      for (const effect of effects) {
        if (effect.kind !== 'accepted') continue
        const { order } = effect
        if (orders.has(order.clientOrderId)) blame('I1', `two orders under ${order.clientOrderId}`)
        const record = parts.exchange.engine.state.orders.get(order.orderId) ?? order
        orders.set(order.clientOrderId, record)
        checkAcceptance(bench, record)
      }
    },
    atEnd: (journal) => checkEnd(bench, journal),
  }
}
