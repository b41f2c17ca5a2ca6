const withdrawn = 'what was not sent is withdrawn at once: the desk never asks for its cancel (lifecycle.test)'
const overtaken =
  'a cancel or an edit whose answer comes after an end that lists already show: a race of milliseconds (lifecycle.test)'
const proof = 'the proof rule would have to be wrong; the mutant grace-of-15-seconds makes it so'
const aboutEdits =
  'an edit in doubt that meets this end is found by hunts that dwell on changes, not in any 3,000 seeds (edit.test)'
const rare = 'met a few times in 3,000 seeds, so that any 3,000 may do without'
const person =
  'only a person settles so, and only with the proof; mostly the venue does show the order (settle-quarantine.test)'

/**
 * Pairs of state and event that the lifecycle allows and that 3,000 seeds need not visit, each with the reason. All others must be
 * visited.
 */
export const UNVISITED: Readonly<Record<string, string>> = {
  'AWAITING_APPROVAL cancel_requested': withdrawn,
  'RESERVED cancel_requested': withdrawn,
  'NEVER_ACCEPTED acked': proof,
  'NEVER_ACCEPTED edit_applied': proof,
  'QUARANTINED acked': person,
  'QUARANTINED never_accepted': person,
  'QUARANTINED mistaken': person,
  'QUARANTINED edit_applied': person,
  'QUARANTINED edit_lost': person,
  'QUARANTINED terms_changed': person,
  'SUBMITTING quarantined':
    'the client takes an acknowledgement of another order for doubt before the desk can (parse-create-answer)',
  'FAILED venue_order': 'the exchange fails no order that it has taken',
  'FAILED cancel_sent': 'the exchange fails no order that it has taken',
  'FAILED cancel_refused': 'the exchange fails no order that it has taken',
  'FAILED cancel_unknown': 'the exchange fails no order that it has taken',
  'FAILED terms_changed': 'the exchange fails no order that it has taken',
  'FILLED cancel_sent': overtaken,
  'FILLED cancel_unknown': overtaken,
  'CANCELLED cancel_unknown': overtaken,
  'EXPIRED venue_order': overtaken,
  'EXPIRED cancel_sent': overtaken,
  'EXPIRED cancel_refused': overtaken,
  'EXPIRED cancel_unknown': overtaken,
  'EXPIRED terms_changed': overtaken,
  'FILLED terms_changed': overtaken,
  'CANCELLED terms_changed': overtaken,
  'ACKED terms_changed': overtaken,
  'RESERVED approval_expired': rare,
  'REJECTED acked': rare,
  'UNKNOWN outcome_unknown': rare,
  'UNKNOWN quarantined': rare,
  'UNKNOWN cancel_requested': rare,
  'ACKED quarantined': rare,
  'ACKED cancel_sent': rare,
  'ACKED cancel_unknown': rare,
  'OPEN cancel_unknown': rare,
  'UNKNOWN edit_accepted': aboutEdits,
  'UNKNOWN edit_applied': aboutEdits,
  'SUBMITTING edit_applied': aboutEdits,
  'REJECTED edit_applied': aboutEdits,
  'FAILED edit_applied': aboutEdits,
  'ACKED edit_lost': aboutEdits,
}
