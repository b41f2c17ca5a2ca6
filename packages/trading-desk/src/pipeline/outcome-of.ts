import type { Intent } from '@tidegate/trading-model'
import type { PlaceOutcome } from '../desk.js'

/** The one word for where an intent stands, for the answer to whoever placed it. */
export function outcomeOf(intent: Intent): PlaceOutcome {
  switch (intent.state) {
    case 'DENIED':
    case 'APPROVAL_DENIED':
    case 'APPROVAL_EXPIRED':
      return 'denied'
    case 'AWAITING_APPROVAL':
      return 'awaiting_approval'
    case 'RESERVED':
    case 'ABANDONED':
    case 'NEVER_ACCEPTED':
      return 'not_sent'
    case 'SUBMITTING':
    case 'UNKNOWN':
    case 'QUARANTINED':
      return 'unknown'
    case 'REJECTED':
      return 'rejected'
    case 'FAILED':
      return intent.filledSize === '0' ? 'rejected' : 'accepted'
    case 'ACKED':
    case 'OPEN':
    case 'FILLED':
    case 'CANCELLED':
    case 'EXPIRED':
    case 'APPLIED':
      return 'accepted'
  }
}
