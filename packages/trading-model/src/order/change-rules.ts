import { Decimal, ONE, ZERO } from '../money/decimal.js'
import { EXTERNAL_PRINCIPAL, type Intent } from './intent.js'
import { isTerminal } from './order-status.js'

/**
 * True while a change counts only what it exceeds its target by: an edit until it has ended, a replacement until it is sent. From
 * then on a replacement is an order like any other.
 */
export function holdsBesideTarget(change: Intent): boolean {
  if (change.kind === 'edit') return !isTerminal(change.state)
  return change.kind === 'replace' && (change.state === 'AWAITING_APPROVAL' || change.state === 'RESERVED')
}

/**
 * What an open change holds of one limit row, so that target and change together always count the larger of the two.
 *
 * An edit's claim shrinks with what the target has filled, because its size is the new total; once the target has ended it can no
 * longer come true and holds nothing. A replacement is sent only after the target has ended, and holds its whole claim from then on.
 *
 * @param row - `amount`: the change's whole claim, whole units. `targetHeld`: what the target holds of the same row now.
 */
export function heldByChange(
  change: Intent,
  target: Intent,
  row: { readonly window: string; readonly amount: bigint; readonly targetHeld: bigint },
): bigint {
  const isOver = isTerminal(target.state)
  if (change.kind === 'edit' && isOver) return 0n
  const claim = change.kind === 'edit' && row.window === 'open' ? leftOf(change, target, row.amount) : row.amount
  const held = isOver && row.window === 'open' ? 0n : row.targetHeld
  return claim > held ? claim - held : 0n
}

/** The part of the claim that is not filled yet, rounded up. */
function leftOf(change: Intent, target: Intent, amount: bigint): bigint {
  const { size } = change.terms
  if (size.kind === 'quote') return amount
  const left = Decimal.max(ZERO, Decimal.min(ONE, size.baseSize.minus(target.filledSize).div(size.baseSize)))
  return BigInt(new Decimal(amount.toString()).mul(left).ceil().toFixed(0))
}

/** True for an order that may be changed: live at the venue, nobody is cancelling it, and one of ours. */
export function acceptsChange(target: Intent): boolean {
  const isLive = target.state === 'ACKED' || target.state === 'OPEN'
  return isLive && isStaying(target) && target.principal !== EXTERNAL_PRINCIPAL && target.venueOrderId !== undefined
}

/**
 * True when the target lets a recorded change be sent. An edit needs it live and staying. A replacement needs it over, with no more
 * filled than was known when it was recorded: what filled since would be bought twice.
 */
export function letsChangeGo(change: Intent, target: Intent): boolean {
  if (change.kind === 'edit') return acceptsChange(target)
  return isTerminal(target.state) && target.filledSize === change.targetFilledSize
}

function isStaying(target: Intent): boolean {
  return target.cancel === 'none' || target.cancel === 'refused'
}
