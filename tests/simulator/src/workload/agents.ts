import type { PlaceResult, TradingDesk } from '@tidegate/trading-desk'
import {
  BaseError,
  type Intent,
  isTerminal,
  type OrderTerms,
  type Principal,
  serializeTerms,
} from '@tidegate/trading-model'
import { drawTerms } from './draw-terms.js'
import { editOne, editSome } from './edits.js'
import { type AgentDeps, ALICE, ANN, BOB, reissueAfterMs, VIEWER } from './people.js'

interface Wish {
  readonly principal: Principal
  readonly terms: OrderTerms
  readonly key?: string
}

/**
 * Lets agents do `count` things over `lengthMs`, as hosts do: calls are lost with their process and issued again.
 *
 * @returns The way to send them home: they ask for nothing any more.
 */
export function startAgents(given: AgentDeps, count: number, lengthMs: number): () => void {
  let isHome = false
  const deps = { ...given, desks: () => (isHome ? [] : given.desks()) }
  const { world, prng } = deps
  const wishes: Wish[] = []
  for (let index = 0; index < count; index++) {
    world.schedule(500 + prng.between(0, lengthMs - 500), 'agent', () => {
      const desks = deps.desks()
      if (desks.length > 0) act(deps, prng.pick(desks), wishes)
    })
  }
  return () => {
    isHome = true
  }
}

function act(deps: AgentDeps, desk: TradingDesk, wishes: Wish[]): void {
  const { prng, world } = deps
  const dice = prng.below(100)
  if (deps.cancelsMuch && prng.chance(0.5)) {
    cancelAll(deps, desk)
    return
  }
  if (deps.isCrowded) for (let other = 0; other < 3; other++) place(deps, desk, newWish(deps, wishes), true)
  if (dice < 46) {
    place(deps, desk, newWish(deps, wishes), true)
    // Somebody reaches for the switch while it is on its way.
    if (prng.chance(0.08)) world.schedule(prng.between(0, 600), 'agent halts', () => halt(deps))
  } else if (dice < 55 && wishes.length > 0) place(deps, desk, prng.pick(wishes), true)
  else if (dice < 58 && wishes.length > 0) {
    // The same key for something else, or for nearly the same.
    const wish = prng.pick(wishes)
    place(
      deps,
      desk,
      { ...wish, terms: prng.chance(0.5) ? pricedOtherwise(wish.terms) : newWish(deps, []).terms },
      false,
    )
  } else if (dice < 59) place(deps, desk, { ...newWish(deps, []), principal: VIEWER }, false)
  else if (dice < 62 && wishes.length > 0) {
    // Somebody else happens to use the same key.
    const wish = prng.pick(wishes)
    place(deps, desk, { ...wish, principal: wish.principal === ALICE ? BOB : ALICE }, false)
  } else if (dice < 72) editSome(deps, desk)
  else if (dice < 78) cancelOne(deps, desk)
  else if (dice < 82) cancelAll(deps, desk)
  else if (dice < 85) flipMode(deps, desk)
  else if (dice < 93) decide(deps, desk)
  else if (dice < 96) read(deps, desk)
  else quietly(desk.reconcile('asked'))
}

function newWish({ prng, market, world }: AgentDeps, wishes: Wish[]): Wish {
  const principal = prng.pick([ALICE, ALICE, BOB])
  // Now and then the same again, as another wish.
  const isSame = wishes.length > 0 && prng.chance(0.12)
  const terms = isSame ? prng.pick(wishes).terms : drawTerms(prng, market, world.nowMs())
  const wish = { principal, terms, ...(prng.chance(0.75) ? { key: `k${wishes.length}` } : {}) }
  wishes.push(wish)
  return wish
}

function place(deps: AgentDeps, desk: TradingDesk, wish: Wish, again: boolean): void {
  const { world, prng } = deps
  let heard = false
  desk.place({ ...wish, waitMs: prng.pick([0, 300, 2_000]) }).then(
    (result) => {
      heard = true
      hear(deps, wish, result)
    },
    (error: unknown) => {
      heard = true
      if (!BaseError.isInstance(error))
        deps.judge.blame('I7', `place threw something that is no error of ours: ${String(error)}`)
    },
  )
  if (!again || !prng.chance(0.5)) return
  world.schedule(reissueAfterMs + prng.between(0, 8_000), 'agent again', () => {
    const desks = deps.desks()
    if (!heard && desks.length > 0) place(deps, prng.pick(desks), wish, false)
  })
}

/** What an agent is told must be so: a "no" about an order that exists is the worst of lies. */
function hear(deps: AgentDeps, wish: Wish, { outcome, intent }: PlaceResult): void {
  if (!intent) return
  if (outcome === 'awaiting_approval' && deps.approvesSoon) approveSoon(deps, intent.intentId)
  if (outcome === 'accepted' && deps.changesSoon) changeSoon(deps, intent)
  const { blame } = deps.judge
  if (intent.principal !== wish.principal.name) {
    blame('I14', `${wish.principal.name} was answered with intent ${intent.intentId} of ${intent.principal}`)
  }
  // As they were asked for: the order may have been edited since.
  const { terms } = deps.judge.shadow.intents.get(intent.intentId)?.first ?? intent
  if (outcome !== 'denied' && serializeTerms(terms) !== serializeTerms(wish.terms)) {
    blame('I5', `an agent asked for ${serializeTerms(wish.terms)} and was answered with intent ${intent.intentId}`)
  }
  const isFinal = isTerminal(intent.state)
  if (isFinal || outcome === 'accepted') deps.onHeard(intent, outcome)
}

function cancelOne({ prng, judge }: AgentDeps, desk: TradingDesk): void {
  const intents = [...judge.shadow.intents.values()]
  if (intents.length === 0) return
  const { intent } = prng.pick(intents)
  const id = prng.pick([intent.intentId, intent.key ?? intent.intentId, intent.venueOrderId ?? intent.intentId])
  const principal = intent.principal === 'bob' ? BOB : ALICE
  quietly(desk.cancel(principal, id))
}

/** Often just after a stranger's order, which the exchange may not have opened yet. */
function cancelAll(deps: AgentDeps, desk: TradingDesk): void {
  const { prng, world, exchange } = deps
  if (deps.cancelsMuch || prng.chance(0.4)) deps.placeOutside()
  const begunAtMs = world.nowMs()
  const before = new Set(exchange.engine.state.live.keys())
  desk.cancelAll(prng.pick([ALICE, BOB])).then(
    ({ allGone }) => {
      if (!allGone || !deps.listsAreTrue) return
      const left = [...exchange.engine.state.live.keys()].filter((orderId) => before.has(orderId))
      if (left.length > 0)
        deps.judge.blame('I9', `cancel-all of ${begunAtMs} says that all is gone; ${left[0]} is live`)
    },
    () => {},
  )
}

/** Whoever trades would like to go on at once, and may not. */
function halt({ desks, prng, world }: AgentDeps): void {
  const [desk] = desks()
  const scope = prng.pick(['account', 'product:BTC-USD', 'agent:alice'])
  if (desk) quietly(desk.setMode({ principal: ANN, scope, mode: 'HALTED', reason: 'simulated' }))
  world.schedule(1_500, 'agent resumes', () => {
    const [other] = desks()
    if (other) quietly(other.setMode({ principal: ALICE, scope, mode: 'ACTIVE', reason: 'simulated' }))
  })
}

function pricedOtherwise(terms: OrderTerms): OrderTerms {
  return terms.orderType === 'MARKET' ? terms : { ...terms, limitPrice: terms.limitPrice.plus('1.5') }
}

function flipMode({ prng }: AgentDeps, desk: TradingDesk): void {
  const scope = prng.pick(['account', 'account', 'product:BTC-USD', 'product:BTC-USDC', 'agent:alice'])
  const dice = prng.below(10)
  if (dice < 4) quietly(desk.setMode({ principal: ALICE, scope, mode: 'HALTED', reason: 'simulated' }))
  else if (dice < 6) quietly(desk.setMode({ principal: ALICE, scope, mode: 'REDUCE_ONLY', reason: 'simulated' }))
  else quietly(desk.setMode({ principal: prng.pick([ANN, ANN, ALICE]), scope, mode: 'ACTIVE', reason: 'simulated' }))
}

function decide(deps: AgentDeps, desk: TradingDesk): void {
  const { prng, judge } = deps
  if (prng.chance(0.25)) settle(deps, desk)
  const waiting = [...judge.shadow.intents.values()].filter(({ intent }) => intent.needsApproval)
  if (waiting.length === 0) return
  const { intent } = prng.pick(waiting)
  const principal = prng.pick([ANN, ANN, ANN, ANN, ALICE, { name: intent.principal, role: 'approver' as const }])
  const decision = prng.chance(0.8) ? 'approved' : 'denied'
  quietly(desk.decideApproval({ principal, intentId: intent.intentId, decision }))
}

function changeSoon(deps: AgentDeps, intent: Intent): void {
  deps.world.schedule(1_000, 'agent edits', () => {
    const [desk] = deps.desks()
    if (desk) editOne(deps, desk, intent)
  })
}

function approveSoon({ world, desks }: AgentDeps, intentId: string): void {
  world.schedule(1_500, 'approver', () => {
    const [desk] = desks()
    if (desk) quietly(desk.decideApproval({ principal: ANN, intentId, decision: 'approved' }))
  })
}

/** A person looks after what is in quarantine. */
function settle({ prng, judge }: AgentDeps, desk: TradingDesk): void {
  const held = [...judge.shadow.intents.values()].filter(({ intent }) => intent.state === 'QUARANTINED')
  if (held.length === 0) return
  const { intent } = prng.pick(held)
  const verdict = prng.pick(['accept', 'accept', 'gone'] as const)
  quietly(desk.settleQuarantine({ principal: ANN, id: intent.intentId, verdict, reason: 'simulated' }))
}

function read({ prng, judge, market, world }: AgentDeps, desk: TradingDesk): void {
  const intents = [...judge.shadow.intents.values()]
  const dice = prng.below(3)
  if (dice === 0 && intents.length > 0) quietly(desk.getOrder(prng.pick(intents).intent.intentId))
  else if (dice === 1) quietly(desk.positions())
  else quietly(desk.preview(ALICE, drawTerms(prng, market, world.nowMs())))
}

/** Whoever asked is told of a failure by the tool; here nobody reads it. */
function quietly(work: Promise<unknown>): void {
  work.catch(() => {})
}
