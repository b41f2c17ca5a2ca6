import { isTerminal, type Principal } from '@tidegate/trading-model'
import type { World } from '../core/world.js'
import type { FaultBook } from '../faults/fault-book.js'
import type { HttpNetwork } from '../network/http-network.js'
import type { Judge } from '../oracles/judge.js'
import type { Fleet } from '../process/fleet.js'
import type { MarketDriver } from '../venue/market-driver.js'
import type { SimExchange } from '../venue/sim-exchange.js'
import { ANN } from './people.js'

export interface LivenessDeps {
  readonly world: World
  readonly faults: FaultBook
  readonly fleet: Fleet
  readonly http: HttpNetwork
  readonly exchange: SimExchange
  readonly market: MarketDriver
  readonly judge: Judge
  readonly principal: Principal
  /** Nobody asks for anything any more. */
  readonly dismissAgents: () => void
}

/** The longest it may take until everything is at rest once nothing goes wrong any more, ms. */
export const REST_WITHIN_MS = 1_500_000
const cancelWithinMs = 180_000
const cancelRounds = 4
const lookEveryMs = 500

/**
 * The faults stop. Everything has to come to rest by itself: what is in doubt is resolved, what the venue did is known. Then the agents
 * go home, one desk looks once more and cancels everything, and nothing may be left.
 *
 * A call that was on its way may still record an order behind the back of a cancel-all, which promises nothing about that: such an
 * order, and no other, is worth another round.
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
  deps.dismissAgents()
  await settleOne(deps)
  for (let round = 1; round <= cancelRounds; round++) {
    const begunAtMs = world.nowMs()
    if (!(await cancelEverything(deps))) return
    if (!wasRecordedSince(deps, begunAtMs)) break
  }
  if (exchange.engine.state.live.size > 0 || !isAtRest(deps, false)) {
    judge.blame('I7', `not everything is gone after ${cancelRounds} rounds of cancel-all: ${unrest(deps)}`)
  }
}

/** A person takes over one of the quarantined orders as the exchange shows it; the others stay in quarantine to the end. */
async function settleOne({ world, fleet, judge }: LivenessDeps): Promise<void> {
  const held = [...judge.shadow.intents.values()].find(({ intent }) => intent.state === 'QUARANTINED')
  const [desk] = fleet.desks()
  if (!held || !desk) return
  let isSaid = false
  const said = (): void => {
    isSaid = true
  }
  desk
    .settleQuarantine({ principal: ANN, id: held.intent.intentId, verdict: 'accept', reason: 'simulated' })
    .then(said, said)
  await runUntil(world, cancelWithinMs, () => isSaid)
}

/** One cancel-all and the time it takes to come true; false when that is too long, which is a promise broken. */
async function cancelEverything(deps: LivenessDeps): Promise<boolean> {
  const { world, fleet, exchange, judge } = deps
  const [desk] = fleet.desks()
  const begunAtMs = world.nowMs()
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
  const isOver = (): boolean => exchange.engine.state.live.size === 0 && isAtRest(deps, false)
  const isEnough = (): boolean => isDone && (isOver() || wasRecordedSince(deps, begunAtMs))
  if (await runUntil(world, cancelWithinMs, isEnough)) return true
  judge.blame('I7', `not everything is gone ${cancelWithinMs / 1_000} s after cancel-all: ${unrest(deps)}`)
  return false
}

function wasRecordedSince({ judge }: LivenessDeps, sinceMs: number): boolean {
  return [...judge.shadow.intents.values()].some(
    ({ intent, recordedAtMs }) => recordedAtMs >= sinceMs && !isTerminal(intent.state),
  )
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
