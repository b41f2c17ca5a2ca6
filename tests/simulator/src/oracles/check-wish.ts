import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

const duplicateWindowMs = 60_000
const rateWindowMs = 60_000

/** A freshly recorded intent: its wish has no other (I1), and the rate of orders is kept (I3), both counted here anew. */
export function checkWish({ blame, shadow, policy }: Bench, entry: ShadowIntent): void {
  const { intent } = entry
  if (intent.principal === 'viewer') blame('I14', `a viewer got an order recorded: intent ${intent.intentId}`)
  const counts = { account: 0, agent: 0 }
  for (const earlier of shadow.intents.values()) {
    const { intent: other } = earlier
    if (other.principal === 'external') continue
    if (other.createdAtMs > intent.createdAtMs - rateWindowMs) {
      counts.account++
      if (other.principal === intent.principal) counts.agent++
    }
    if (other.intentId === intent.intentId || other.principal !== intent.principal || other.state === 'DENIED') continue
    if (intent.key !== undefined && other.key === intent.key) {
      blame('I1', `intents ${other.intentId} and ${intent.intentId} stand for the same key ${intent.key}`)
    }
    const isYoung = intent.createdAtMs - other.createdAtMs < duplicateWindowMs
    if (intent.key === undefined && wishOf(earlier) === wishOf(entry) && isYoung && isLatest(shadow, earlier, entry)) {
      blame('I1', `intents ${other.intentId} and ${intent.intentId} are the same wish within a minute`)
    }
  }
  const most = Math.max(counts.account, counts.agent)
  if (most > policy.maxOrdersPerMinute) {
    blame('I3', `${most} orders within a minute, ${policy.maxOrdersPerMinute} are allowed`)
  }
}

/** Price A, price B, price A are three wishes: a change repeats only the latest one about its order. */
function isLatest(shadow: Bench['shadow'], earlier: ShadowIntent, entry: ShadowIntent): boolean {
  const { targetIntentId, principal } = entry.intent
  if (targetIntentId === undefined) return true
  const others = shadow
    .changesOf(targetIntentId)
    .filter((other) => other !== entry && other.intent.principal === principal)
  return others.at(-1) === earlier
}

/** What was asked for: an order by its terms, a change by its target and the fields that were named. */
function wishOf({ first, wish }: ShadowIntent): string {
  return wish?.change?.wishHash ?? first.termsHash
}
