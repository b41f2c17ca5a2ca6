import { asRecord, type Fields } from '../shared/read-fields.js'
import type { ApprovalView, TicketFacts } from './ticket-facts.js'

export type Tone = 'good' | 'bad' | 'wait' | 'plain'

/** How it stands, in a word and a sentence. Denied, rejected and unknown are three different words. */
export interface Standing {
  readonly word: string
  readonly sentence: string
  readonly tone: Tone
}

const say = (tone: Tone, word: string, sentence: string): Standing => ({ tone, word, sentence })

const UNKNOWN = say(
  'wait',
  'Unknown',
  'It was sent and no verdict came back: it may be live. Do not place it again, not even changed. Tidegate is finding out.',
)
const DENIED = say('bad', 'Denied', 'The limits of this account said no. Nothing was sent.')
const REJECTED = say('bad', 'Rejected', 'The exchange said no. Nothing is live.')
const NOT_SENT = say(
  'wait',
  'Not sent yet',
  'It did not reach the exchange and nothing is live. Tidegate tries again by itself.',
)
const WAITING = say('wait', 'Waits for a person', 'Nothing was sent yet. A person has to approve it first.')

/** By the outcome of a placement or a change. */
const byOutcome: ReadonlyMap<string, Standing> = new Map(
  Object.entries({
    denied: DENIED,
    rejected: REJECTED,
    unknown: UNKNOWN,
    not_sent: NOT_SENT,
    awaiting_approval: WAITING,
  }),
)

/** By the state of the order itself, which later reads know better than the first answer. */
const byState: ReadonlyMap<string, Standing> = new Map(
  Object.entries({
    RESERVED: NOT_SENT,
    AWAITING_APPROVAL: WAITING,
    SUBMITTING: say('wait', 'On its way', 'It is being sent; whether the exchange has it is not known yet.'),
    UNKNOWN,
    QUARANTINED: say(
      'wait',
      'A person has to look',
      'It was sent and its outcome could not be found out: it may be live. Do not place it again.',
    ),
    ACKED: say('good', 'Accepted', 'The exchange took it.'),
    PENDING: say('good', 'Accepted', 'The exchange took it.'),
    OPEN: say('good', 'Open', 'It is live at the exchange.'),
    FILLED: say('good', 'Filled', 'It is done.'),
    APPLIED: say('good', 'Changed', 'The change is made.'),
    CANCELLED: say('plain', 'Cancelled', 'Nothing of it is live any more.'),
    EXPIRED: say('plain', 'Expired', 'Its time is over; nothing of it is live any more.'),
    REJECTED,
    DENIED,
    APPROVAL_DENIED: say('bad', 'Not approved', 'A person said no. Nothing was sent.'),
    APPROVAL_EXPIRED: say('bad', 'Not approved in time', 'Nobody approved it in time. Nothing was sent.'),
    NEVER_ACCEPTED: say('plain', 'Never accepted', 'The exchange never had it; nothing is live.'),
    FAILED: say('bad', 'Failed', 'It ended without success.'),
    ABANDONED: say('bad', 'Given up', 'Tidegate gave it up before it was sent.'),
  }),
)

/** How it stands now, from the newest thing that is known. */
export function standingOf(facts: TicketFacts, approval: ApprovalView | undefined, nowMs: number): Standing {
  const { content, order, isAnswered, isCancelled } = facts
  const latest = order['state']
  if (typeof latest === 'string') return lateOrNot(stateStanding(latest), approval, nowMs)
  if (!isAnswered) {
    return isCancelled
      ? say(
          'wait',
          'Call cancelled',
          'No answer was seen. That says nothing about the order: read get_orders before anything else.',
        )
      : say('plain', 'Asking', 'There is no answer yet. This is what was asked for.')
  }
  if (content['verdict'] !== undefined) return checkStanding(content)
  if (content['outcome'] === 'dry_run') {
    return say('plain', 'Dry run', 'Every check passed. Nothing was reserved or sent; no order exists.')
  }
  if (content['dry_run'] === true && content['outcome'] === 'denied') {
    return say('bad', 'Denied (dry run)', 'The limits of this account would say no. Nothing was sent.')
  }
  if (content['outcome'] === 'accepted') return stateStanding(String(content['state']), byState.get('ACKED'))
  const outcome = byOutcome.get(String(content['outcome']))
  if (outcome) return lateOrNot(outcome, approval, nowMs)
  if (Object.keys(asRecord(content['error'])).length > 0) {
    return say('bad', 'Refused', 'The call was refused before it became an order.')
  }
  return say(
    'wait',
    'Cannot be read',
    'This page does not understand the answer. Read get_orders to see what became of it.',
  )
}

const UNREADABLE = say(
  'wait',
  'Cannot be read',
  'This page does not know this state. Take it for live until get_orders says otherwise.',
)

function stateStanding(state: string, otherwise: Standing = UNREADABLE): Standing {
  return byState.get(state) ?? otherwise
}

function checkStanding(content: Fields): Standing {
  if (content['verdict'] === 'approved') {
    return say('good', 'Would pass', 'This was a check: nothing was placed. The verdict holds for that moment only.')
  }
  if (content['verdict'] === 'needs_approval') {
    return say(
      'wait',
      'Would wait for a person',
      'This was a check: nothing was placed. Placed, it would wait for approval.',
    )
  }
  if (content['verdict'] === 'denied') {
    return say('bad', 'Would be denied', 'This was a check: nothing was placed. The limits would say no.')
  }
  return say('wait', 'Cannot be read', 'This page does not understand the verdict.')
}

/** A ticket that lies around past its time does not go on saying that it waits. */
function lateOrNot(standing: Standing, approval: ApprovalView | undefined, nowMs: number): Standing {
  const until = approval?.expiresAtMs
  if (standing !== WAITING || until === undefined || nowMs < until) return standing
  return say(
    'wait',
    'Time to approve is over',
    'By the clock of this computer it can no longer be approved. What became of it is not in this answer.',
  )
}
