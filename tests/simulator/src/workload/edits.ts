import type { EditRequest, EditResult, TradingDesk } from '@tidegate/trading-desk'
import { BaseError, Decimal, type Intent, isTerminal } from '@tidegate/trading-model'
import { type AgentDeps, ALICE, BOB, reissueAfterMs } from './people.js'

const tick = new Decimal('0.01')

/** Somebody wants other terms for an order of his; most often for one that lives. The call may be lost with its process, and is made again. */
export function editSome(deps: AgentDeps, desk: TradingDesk): void {
  const { prng, judge } = deps
  const intents = [...judge.shadow.intents.values()].map(({ intent }) => intent)
  const live = intents.filter((intent) => intent.state === 'OPEN' || intent.state === 'ACKED')
  const found = live.length > 0 && prng.chance(0.9) ? live : intents
  if (found.length === 0) return
  editOne(deps, desk, prng.pick(found))
}

/** Wants other terms for this one. */
export function editOne(deps: AgentDeps, desk: TradingDesk, target: Intent): void {
  const { prng, judge, world } = deps
  const request = drawEdit(deps, target)
  let heard = false
  const hear = (result: EditResult): void => {
    heard = true
    hearEdit(deps, request, result)
  }
  const failed = (error: unknown): void => {
    heard = true
    if (!BaseError.isInstance(error))
      judge.blame('I7', `edit threw something that is no error of ours: ${String(error)}`)
  }
  desk.edit(request).then(hear, failed)
  if (!prng.chance(0.4)) return
  world.schedule(reissueAfterMs + prng.between(0, 8_000), 'agent edits again', () => {
    const desks = deps.desks()
    if (!heard && desks.length > 0) prng.pick(desks).edit(request).then(hear, failed)
  })
}

function drawEdit({ prng, changesSoon }: AgentDeps, target: Intent): EditRequest {
  const { terms } = target
  const size = terms.size.kind === 'base' ? terms.size.baseSize : undefined
  const price = terms.orderType === 'MARKET' ? undefined : terms.limitPrice
  const wish = prng.below(4)
  const isOwner = prng.chance(0.93)
  const owner = target.principal === BOB.name ? BOB : ALICE
  return {
    principal: isOwner ? owner : owner === BOB ? ALICE : BOB,
    id: prng.pick([target.intentId, target.venueOrderId ?? target.intentId, target.key ?? target.intentId]),
    ...(wish !== 0 && price ? { limitPrice: price.mul(prng.pick([0.99, 0.998, 1.002, 1.01])).toNearest(tick) } : {}),
    ...(wish !== 1 && size ? { size: size.mul(prng.pick([0.4, 0.8, 1.3, 2.5])).toDecimalPlaces(5) } : {}),
    ...(prng.chance(0.6) ? { key: `e${prng.below(1_000_000)}` } : {}),
    ...(changesSoon || prng.chance(0.3) ? { how: prng.pick(['edit', 'replace'] as const) } : {}),
    waitMs: prng.pick([0, 300, 2_000]),
  }
}

/** What an agent is told of a change stands to the end, like what it is told of an order. */
function hearEdit(deps: AgentDeps, { principal }: EditRequest, { outcome, intent }: EditResult): void {
  if (!intent) return
  if (intent.principal !== principal.name)
    deps.judge.blame('I14', `${principal.name} was answered with change ${intent.intentId} of ${intent.principal}`)
  if (isTerminal(intent.state) || outcome === 'accepted') deps.onHeard(intent, outcome)
}
