import { isTerminal, type Principal } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import type { HttpNetwork } from '../network/http-network.js'
import type { Judge } from '../oracles/judge.js'
import type { Fleet } from '../process/fleet.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'

export interface LivenessDeps {
  readonly world: World
  readonly faults: FaultBook
  readonly fleet: Fleet
  readonly http: HttpNetwork
  readonly exchange: SimExchange
  readonly market: MarketDriver
  readonly judge: Judge
  readonly principal: Principal
}

/** The longest it may take until everything is at rest once nothing goes wrong any more, ms. */
export const REST_WITHIN_MS = 1_500_000
const cancelWithinMs = 180_000
const lookEveryMs = 500

/**
 * The faults stop. Everything has to come to rest by itself: what is in doubt is resolved, what the venue did is known. Then one desk
 * looks once more and cancels everything, and nothing may be left.
 */
export async function liveOn(deps: LivenessDeps): Promise<void> {
  const { world, faults, fleet, http, exchange, market, judge } = deps
  faults.mix.isOn = false
  fleet.heal()
  world.trace.note(world.nowMs(), 'liveness')
  const calm = (): boolean => fleet.isReady() && http.underWay() === 0 && isAtRest(deps, true)
  if (!(await runUntil(world, REST_WITHIN_MS, calm))) {
    judge.blame('I7', `not at rest ${REST_WITHIN_MS / 1_000} s after the last fault: ${unrest(deps)}`)
    return
  }
  market.stop()
  const [desk] = fleet.desks()
  let isDone = false
  const finish = async (): Promise<void> => {
    await desk?.reconcile('end')
    const result = await desk?.cancelAll(deps.principal)
    world.trace.note(world.nowMs(), 'cancelled all', String(result?.allGone))
  }
  finish().then(
    () => {
      isDone = true
    },
    (error: unknown) => judge.blame('I7', `the last cancel-all failed: ${String(error)}`),
  )
  const over = (): boolean => isDone && exchange.engine.state.live.size === 0 && isAtRest(deps, false)
  if (!(await runUntil(world, cancelWithinMs, over))) {
    judge.blame('I7', `not everything is gone ${cancelWithinMs / 1_000} s after cancel-all: ${unrest(deps)}`)
  }
}

async function runUntil(world: World, withinMs: number, isReached: () => boolean): Promise<boolean> {
  let nextLookMs = world.nowMs() + lookEveryMs
  let found = false
  await world.run(world.nowMs() + withinMs, () => {
    if (world.nowMs() < nextLookMs) return false
    nextLookMs = world.nowMs() + lookEveryMs
    found = isReached()
    return found
  })
  return found
}

/** Every intent is over, in a person's hands, or (`mayRest`) as live here as it is at the exchange. */
function isAtRest({ judge, exchange }: LivenessDeps, mayRest: boolean): boolean {
  for (const { intent } of judge.shadow.intents.values()) {
    if (isTerminal(intent.state) || intent.state === 'QUARANTINED') continue
    if (!mayRest || intent.state !== 'OPEN' || intent.venueOrderId === undefined) return false
    // Somebody wants it gone: that it rests is no rest.
    if (intent.cancel !== 'none' && intent.cancel !== 'refused') return false
    const order = exchange.engine.state.orders.get(intent.venueOrderId)
    if (order?.status !== 'OPEN' || !order.filledSize.eq(intent.filledSize)) return false
  }
  return true
}

function unrest({ judge, exchange, fleet }: LivenessDeps): string {
  const open = [...judge.shadow.intents.values()].filter(({ intent }) => !isTerminal(intent.state))
  const intents = open.map(({ intent }) => `${intent.intentId} ${intent.state} ${intent.cancel}`)
  const orders = [...exchange.engine.state.live.values()].map((order) => `${order.orderId} ${order.status}`)
  const reasons = fleet.desks().map((desk) => desk.readiness().reason)
  return JSON.stringify({ intents, orders, reasons })
}
