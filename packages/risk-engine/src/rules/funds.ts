import { formatDecimal, fromUnits } from '@tidegate/trading-model'
import { fits, roomIn } from '../claims.js'
import { cureBaseSize, cureBuyTotal } from '../cures.js'
import { say, sayFloor } from '../text.js'
import { deny, notValued, pass, type Rule } from './rule.js'

const name = 'funds'

/** The wallet covers the order, with its fee, beside what is on hold elsewhere and what our own live orders reserve. */
export const funds: Rule = (context) => {
  if (!context.order) return notValued(name)
  const claim = context.order.funds
  const { currency, wallet, unitValue } = claim
  const numbers = {
    limit: formatDecimal(fromUnits(claim.cap, unitValue)),
    actual: formatDecimal(fromUnits(claim.used + claim.amount, unitValue)),
    unit: currency,
  }
  if (fits(claim)) return pass(name, numbers)
  const room = roomIn(claim)
  const isBuy = context.terms.side === 'BUY'
  const cure = isBuy ? cureBuyTotal(context, room) : cureBaseSize(context, room)
  return deny(name, {
    code: 'INSUFFICIENT_FUNDS',
    ...numbers,
    message:
      `The ${currency} wallet has ${sayFloor(room)} ${currency} free; this order needs ${say(fromUnits(claim.amount, unitValue))}` +
      `${isBuy ? ' with its fee' : ''}. In the wallet ${sayFloor(wallet.total)}, on hold elsewhere ${say(wallet.externalHold)}, ` +
      `reserved by our own orders ${say(fromUnits(claim.used, unitValue))}.`,
    cure: cure ?? `add ${currency} or cancel an order that reserves it`,
  })
}
