import { exactDecimal, NOT_KNOWN, plainText, utcTime } from '../shared/plain-text.js'
import { asTime, type Fields } from '../shared/read-fields.js'

/** A name and its value. `isNumber`: set in figures of equal width. */
export interface Line {
  readonly name: string
  readonly value: string
  readonly isNumber?: true
}

export interface Currencies {
  readonly base: string
  readonly quote: string
}

/** The terms of the order, in the words of the caller. */
export function termLines(terms: Fields, content: Fields): readonly Line[] {
  const productId = plainText(terms['product_id'] ?? content['product_id'], 40)
  const [base = '', quote = ''] = productId.split('-')
  return keep([
    word('Side', terms['side'] ?? content['side']),
    word('Product', productId),
    word('Type', terms['order_type'] ?? content['order_type']),
    amount('Size', terms['size'], base),
    amount('Spend', terms['quote_size'], quote),
    amount('Limit price', terms['limit_price'] ?? terms['price'], quote),
    amount('Stop price', terms['stop_price'], quote),
    word('Stop', terms['stop_direction']),
    amount('Take profit', terms['take_profit_price'], quote),
    amount('Stop loss', terms['stop_loss_price'], quote),
    word('Time in force', terms['time_in_force']),
    moment('Ends', terms['end_time']),
    terms['post_only'] === true ? { name: 'Post only', value: 'yes' } : undefined,
  ])
}

/** What the order costs at worst, at the prices of the decision. */
export function costLines(estimate: Fields, { base, quote }: Currencies): readonly Line[] {
  const rate = exactDecimal(estimate['fee_rate'])
  return keep([
    amount('Worst price', estimate['worst_price'], quote),
    amount('Amount', estimate['base_size'], base),
    amount('Value', estimate['notional'], quote),
    amount('Fee', estimate['fee'], quote),
    rate === NOT_KNOWN ? undefined : { name: 'Fee rate', value: `${rate} of the value`, isNumber: true },
    amount('Total', estimate['total'], quote),
    amount('Value in USD', estimate['notional_usd'], 'USD'),
    amount('Middle of the market', estimate['mid'], quote),
    amount('Share of the account then', estimate['position_pct_after'], '%'),
  ])
}

/** States in which something may have been filled. */
const LEFT = new Set('SUBMITTING UNKNOWN QUARANTINED ACKED OPEN FILLED CANCELLED EXPIRED FAILED'.split(' '))

/** What has happened so far; an order that never left has no such lines. */
export function doneLines(order: Fields, { base, quote }: Currencies): readonly Line[] {
  if (exactDecimal(order['filled_size']) === NOT_KNOWN || !LEFT.has(String(order['state']))) return []
  return keep([
    amount('Filled', order['filled_size'], base),
    amount('Remaining', order['remaining_size'], base),
    amount('Average price', order['average_filled_price'], quote),
    amount('Filled value', order['filled_value'], quote),
    amount('Fees paid', order['total_fees'], quote),
  ])
}

/** By which names the order is found again. */
export function idLines(order: Fields): readonly Line[] {
  return keep([
    word('Intent', order['intent_id'], 128),
    word('Order at the exchange', order['order_id'], 128),
    word('Your id', order['client_order_id'], 128),
    word('Repeats', order['duplicate_of'], 128),
    word('Limits', order['policy_version'], 80),
  ])
}

function keep(lines: readonly (Line | undefined)[]): readonly Line[] {
  return lines.filter((line) => line !== undefined)
}

function word(name: string, value: unknown, most = 40): Line | undefined {
  const text = plainText(value, most)
  return text === '' ? undefined : { name, value: text }
}

/** An amount with its unit; one that is there but is no decimal shows that it cannot be read. */
function amount(name: string, value: unknown, unit: string): Line | undefined {
  if (value === undefined || value === null) return undefined
  const text = exactDecimal(value)
  if (text === NOT_KNOWN) return { name, value: 'cannot be read' }
  return { name, value: unit === '' ? text : `${text} ${unit}`, isNumber: true }
}

function moment(name: string, value: unknown): Line | undefined {
  const ms = asTime(value)
  return ms === undefined ? undefined : { name, value: utcTime(ms) }
}
