import type { Entry } from '../check-chain.js'
import { list } from '../story/told.js'

/** What an entry says, for a person: one sentence, and numbers below it. */
export interface Told {
  readonly says: string
  readonly details: readonly string[]
}

type Body = Entry['body']
type Teller = (body: Body, event: Body) => Told

/** Tells an entry of an order in words. Whatever it does not know it shows as it stands. */
export function tellEntry({ type, body }: Pick<Entry, 'type' | 'body'>): Told {
  const event = typeof body['event'] === 'object' && body['event'] !== null ? (body['event'] as Body) : {}
  const teller = tellers[type]
  return teller ? teller(body, event) : { says: `${type.replace(/^intent\./, '')}: ${bare(body, event)}`, details: [] }
}

/** Tells the fills of one order out of an entry with fills. */
export function tellFills(fills: readonly Body[]): Told {
  return {
    says: `filled: ${fills.length === 1 ? 'one trade' : `${fills.length} trades`}`,
    details: fills.map(
      (fill) =>
        `${say(fill['side'])} ${say(fill['baseSize'])} ${say(fill['productId'])} at ${say(fill['price'])}, fee ${say(fill['fee'])} ${say(fill['feeCurrency'])}, ${say(fill['liquidity']).toLowerCase()}, trade ${say(fill['tradeId'])}, at ${time(fill['tradedAtMs'])}`,
    ),
  }
}

const simply =
  (words: string): Teller =>
  (body) => ({ says: words, details: moved(body) })

const because =
  (words: string): Teller =>
  (body, event) => ({ says: `${words}: ${say(event['reason'])}`, details: moved(body) })

const tellers: Readonly<Record<string, Teller | undefined>> = {
  'intent.recorded': (body) => ({
    says: `asked: ${termsIn(body['terms'])}${body['target'] === undefined ? '' : `, as ${say(body['kind'])} of ${say(body['target'])}`}`,
    details: [
      ...(body['key'] === undefined ? [] : [`the caller's own id: ${say(body['key'])}`]),
      `sent under client order id ${say(body['client_order_id'])}`,
      `allowed by policy ${say(body['policy_version']).slice(0, 16)}…, worst case ${say(body['worst_notional_usd'])} USD${body['state'] === 'AWAITING_APPROVAL' ? '; a person has to approve' : ''}`,
      ...list(body['reservations']).map(
        ({ scope, window, amount, cap, unit }) =>
          `limit ${say(scope)} (${say(window)}): took ${scaled(amount, unit)} under ${scaled(cap, unit)}`,
      ),
    ],
  }),
  'intent.denied': (body) => ({
    says: `asked: ${termsIn(body['terms'])}: denied by our limits, nothing was sent`,
    details: list(body['denials']).map(
      ({ code, message, limit, actual, unit }) =>
        `${say(code)}: ${say(message)} (limit ${say(limit)}, this order ${say(actual)} ${say(unit)})`,
    ),
  }),
  'intent.adopted': (body) => ({
    says: `found at the venue, placed by somebody else: ${termsIn(body['terms'])}`,
    details: [`venue order ${say(body['venue_order_id'])}`],
  }),
  'intent.approved': (body, event) => ({
    says: `approved by ${say(event['by'])}${body['reason'] ? `: ${say(body['reason'])}` : ''}`,
    details: [`for exactly the terms with hash ${say(body['terms_hash']).slice(0, 16)}…`],
  }),
  'intent.approval_denied': (body, event) => ({
    says: `approval denied by ${say(event['by'])}: ${say(event['reason'])}`,
    details: moved(body),
  }),
  'intent.approval_expired': because('approval ran out'),
  'approval.refused': (body) => ({
    says: `a verdict (${say(body['decision'])}) was not taken: ${say(body['reason'])}`,
    details: [],
  }),
  'intent.submit_begun': (body, event) => ({
    says: `let go: may be sent from ${time(event['notBeforeMs'])}, signed no later than ${time(event['signByMs'])}`,
    details: body['approval'] === 'consumed' ? ['the approval was used up with it'] : [],
  }),
  'intent.not_sent': (body, event) => ({
    says: `surely not sent: ${say(event['reason'])} (${say(event['code'])})`,
    details: moved(body),
  }),
  'intent.acked': (_, event) => ({ says: `the venue took it as order ${say(event['venueOrderId'])}`, details: [] }),
  'intent.rejected': (body, event) => ({
    says: `the venue rejected it: ${say(event['reason'])} (${say(event['code'])})`,
    details: moved(body),
  }),
  'intent.outcome_unknown': (_, event) => ({
    says: `no verdict came back: ${say(event['reason'])} (${say(event['code'])}); it counts in full until there is proof`,
    details: [],
  }),
  'intent.never_accepted': because('proved that the venue never took it'),
  'intent.quarantined': because('set aside for a person'),
  'intent.abandoned': because('given up before it was sent'),
  'intent.venue_order': (body, event) => ({
    says: `the venue shows it ${say(event['status'])}: filled ${say(event['filledSize'])} for ${say(event['filledValue'])}, fees ${say(event['totalFees'])}`,
    details: moved(body),
  }),
  'intent.cancel_requested': (_, event) => ({ says: `cancel asked by ${say(event['by'])}`, details: [] }),
  'intent.cancel_sent': simply('cancel sent'),
  'intent.cancel_refused': because('the venue refused the cancel'),
  'intent.cancel_unknown': because('no verdict on the cancel'),
  'intent.edit_accepted': simply('the venue took the edit'),
  'intent.edit_applied': simply('the order shows the new terms'),
  'intent.edit_lost': because('the edit never came true'),
  'intent.terms_changed': (body, event) => ({
    says: `the order has new terms: ${termsIn(event['terms'])}`,
    details: [`by ${say(event['by'])}`, ...moved(body)],
  }),
}

function moved(body: Body): readonly string[] {
  return list(body['reservations']).map(
    ({ scope, window, from, to }) => `limit ${say(scope)} (${say(window)}): held ${say(from)}, now ${say(to)}`,
  )
}

function termsIn(text: unknown): string {
  try {
    const terms = JSON.parse(say(text)) as Body
    const { side, product_id: product, order_type: kind, time_in_force: force } = terms
    const size =
      terms['base_size'] === undefined ? `for ${say(terms['quote_size'])} of quote currency` : say(terms['base_size'])
    const rest = ['limit_price', 'stop_price', 'stop_direction', 'post_only', 'end_time_ms']
      .filter((name) => terms[name] !== undefined && terms[name] !== false)
      .map((name) => `${name.replaceAll('_', ' ')} ${say(terms[name])}`)
    return [say(side), size, say(product), say(kind), say(force), ...rest].join(' ')
  } catch {
    return say(text)
  }
}

/** An amount in its unit: `20000000` of `0.000001 USD` is `20 USD`. */
function scaled(amount: unknown, unit: unknown): string {
  const [step = '', ...words] = say(unit).split(' ')
  const digits = say(amount)
  if (!/^\d+$/.test(digits) || !/^(1|0\.0*1)$/.test(step)) return `${digits} × ${say(unit)}`
  const places = step === '1' ? 0 : step.length - 2
  const padded = digits.padStart(places + 1, '0')
  const whole = padded.slice(0, padded.length - places)
  const part = padded.slice(padded.length - places).replace(/0+$/, '')
  return `${whole}${places === 0 || part === '' ? '' : `.${part}`} ${words.join(' ')}`
}

function bare(body: Body, event: Body): string {
  const { row: _, event: __, ...rest } = body
  const { type: ___, ...said } = event
  return JSON.stringify({ ...rest, ...said })
}

function time(ms: unknown): string {
  return typeof ms === 'number' ? new Date(ms).toISOString() : say(ms)
}

function say(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '–' : JSON.stringify(value)
}
