import { DEFAULT_SPANS } from '../policy-fields.js'
import { needFact } from './facts.js'
import { deny, notApplicable, pass, type Rule } from './rule.js'

const name = 'repeated-entry'

/**
 * One side of one book is entered at most `policy.max_reentries` times within `policy.reentry_window_ms`, counting orders that were
 * filled: a strategy that buys again after every fill stops here, however small its orders are.
 */
export const repeatedEntry: Rule = (context) => {
  const { policy, reducesExposure, isChange, terms, snapshot } = context
  const limit = policy.maxReentries
  if (limit === undefined) return notApplicable(name, 'no limit')
  if (reducesExposure) return notApplicable(name, 'reduces')
  if (isChange) return notApplicable(name, 'a change')
  const known = needFact(name, context, 'the entries of the last minutes', ({ entries }) => entries)
  if (!known.ok) return known.result
  const windowMs = policy.reentryWindowMs ?? DEFAULT_SPANS.reentryWindowMs
  const ages = known.fact.map(({ ageMs }) => ageMs).filter((ageMs) => ageMs < windowMs)
  const figures = { limit: String(limit), actual: String(ages.length + 1), unit: 'entries' }
  if (ages.length + 1 <= limit) return pass(name, figures)
  const oldest = [...ages].sort((a, b) => a - b)[limit - 1] ?? 0
  return deny(name, {
    code: 'RISK_REPEATED_ENTRY',
    ...figures,
    message: `${terms.side} on ${snapshot.bookProductId} was filled ${ages.length} times in the last ${Math.ceil(windowMs / 1000)} s and would be entered again; ${limit} entries are allowed in that time.`,
    cure: `wait ${Math.max(1, Math.ceil((windowMs - oldest) / 1000))} s and try again`,
  })
}
