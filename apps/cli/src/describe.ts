import { table, say as text } from './output.js'

type Answer = Readonly<Record<string, unknown>>

const list = (value: unknown): readonly Answer[] => (Array.isArray(value) ? (value as readonly Answer[]) : [])

/** `key  value` lines, nested objects indented. */
export function lines(answer: Answer, indent = ''): readonly string[] {
  return Object.entries(answer).flatMap(([key, value]) => {
    if (Array.isArray(value)) {
      if (value.every((item) => typeof item !== 'object'))
        return [`${indent}${key}: ${value.map(text).join(', ') || '–'}`]
      return [`${indent}${key}:`, ...value.flatMap((item) => [...lines(item as Answer, `${indent}  `), ''])]
    }
    if (typeof value === 'object' && value !== null)
      return [`${indent}${key}:`, ...lines(value as Answer, `${indent}  `)]
    return [`${indent}${key}: ${text(value)}`]
  })
}

/** Every reason with its numbers and what would pass. */
export function denialLines(answer: Answer): readonly string[] {
  return list(answer['denials']).flatMap((denial) => [
    `  ${text(denial['code'])}: ${text(denial['message'])}`,
    // A rule about a state has no numbers to show beyond its sentence.
    ...(denial['unit'] === 'state'
      ? []
      : [
          `    limit ${text(denial['limit'])} ${text(denial['unit'])}, this order ${text(denial['actual'])} ${text(denial['unit'])}`,
        ]),
    ...(denial['cure'] ? [`    would pass: ${text(denial['cure'])}`] : []),
  ])
}

/** What became of a placed order, in one line, and why. */
export function describePlacement(answer: Answer): readonly string[] {
  const outcome = text(answer['outcome'])
  const id = answer['order_id'] ?? answer['intent_id']
  const head: Readonly<Record<string, string>> = {
    accepted: `Accepted by the venue, now ${text(answer['state'])}. Order ${text(id)}.`,
    denied: 'Denied by our limits; nothing was sent.',
    rejected: 'Rejected by the venue; nothing is live.',
    unknown: `Unknown: sent, no verdict. Do not send it again; ask with: tidegate order show ${text(answer['intent_id'])}`,
    awaiting_approval: `Waits for a person: tidegate approvals show ${text(answer['intent_id'])}`,
    not_sent: 'Not sent: the venue could not be reached. It is tried again until its time is up.',
    dry_run: 'Dry run: it would pass; nothing was reserved or sent.',
  }
  return [
    head[outcome] ?? errorLine(answer),
    ...denialLines(answer),
    ...(outcome === 'rejected' ? [errorLine(answer)] : []),
  ]
}

/** What became of a change of an order. */
export function describeEdit(answer: Answer): readonly string[] {
  if (!('how' in answer)) return [errorLine(answer)]
  const way = answer['how'] === 'replace' ? 'Replacement' : 'Edit'
  return [`${way} ${text(answer['outcome']).replace('_', ' ')}. ${text(answer['next'])}`, ...denialLines(answer)]
}

/** The verdict of a preview. */
export function describeVerdict(answer: Answer): readonly string[] {
  if (!('approved' in answer) && !('verdict' in answer)) return [errorLine(answer)]
  const passed = answer['approved'] === true || answer['verdict'] === 'approved'
  return [
    passed ? 'It would pass every limit.' : 'It would be denied.',
    ...denialLines(answer),
    ...lines({ estimate: answer['estimate'] }),
  ]
}

/** One order or one cancel, in full. */
export function describeOrder(answer: Answer): readonly string[] {
  return lines(answer)
}

export function orderTable(answer: Answer): readonly string[] {
  const orders = list(answer['orders'])
  if (orders.length === 0) return ['No orders.']
  return table([
    ['order', 'product', 'side', 'type', 'size', 'price', 'filled', 'state'],
    ...orders.map((order) => [
      text(order['order_id'] ?? order['intent_id']),
      text(order['product_id']),
      text(order['side']),
      text(order['order_type']),
      order['size'] ? text(order['size']) : `${text(order['quote_size'])} quote`,
      text(order['limit_price']),
      text(order['filled_size']),
      text(order['state'] ?? order['status']),
    ]),
  ])
}

export function balanceTable(answer: Answer): readonly string[] {
  return table([
    ['currency', 'available', 'hold', 'total'],
    ...list(answer['accounts']).map((row) => [
      text(row['currency']),
      text(row['available']),
      text(row['hold']),
      text(row['total']),
    ]),
  ])
}

export function positionTable(answer: Answer): readonly string[] {
  const positions = list(answer['positions'])
  if (positions.length === 0) return ['No positions.']
  return table([
    ['asset', 'size', 'entry', 'price', 'value USD', 'unrealised USD', 'share %'],
    ...positions.map((row) => [
      text(row['asset']),
      text(row['size']),
      text(row['average_entry_price']),
      text(row['market_price']),
      text(row['market_value_usd']),
      text(row['unrealized_pnl_usd']),
      text(row['portfolio_share_pct']),
    ]),
  ])
}

export function approvalTable(answer: Answer): readonly string[] {
  const rows = list(answer['approvals'])
  if (rows.length === 0) return ['Nothing waits for approval.']
  return table([
    ['intent', 'hash', 'product', 'side', 'worth USD', 'asked by', 'expires', 'decision'],
    ...rows.map((row) => [
      text(row['intent_id']),
      text(row['terms_hash_prefix']),
      text(row['product_id']),
      text(row['side']),
      text(row['worst_notional_usd']),
      text(row['principal']),
      text(row['expires_at']),
      text(row['decision']),
    ]),
  ])
}

/** An order that waits, as a person reads it before deciding. */
export function describeChallenge(challenge: Answer): readonly string[] {
  const pick = (...keys: readonly string[]): Answer => Object.fromEntries(keys.map((key) => [key, challenge[key]]))
  return [
    ...lines(pick('intent_id', 'environment', 'account', 'requested_by', 'product_id', 'side', 'terms')),
    ...lines(pick('worst_notional_usd', 'price_band', 'reduces_exposure', 'limits', 'requested_at')),
    `expires in: ${Math.ceil(Number(challenge['expires_in_ms']) / 1_000)} s`,
    `hash: ${text(challenge['terms_hash_prefix'])}`,
    `To approve: tidegate approvals approve ${text(challenge['intent_id'])} ${text(challenge['terms_hash_prefix'])}`,
  ]
}

/** What became of a verdict. */
export function describeDecision(answer: Answer): readonly string[] {
  if (answer['ok'] === true) return [`${text(answer['decision'])} by ${text(answer['by'])}.`, ...lines(answer)]
  const { reason, code } = answer
  return [`Not taken: ${text(reason)} (${text(code)})`]
}

export function describeStatus(answer: Answer): readonly string[] {
  return lines(answer)
}

function errorLine(answer: Answer): string {
  const error = answer['error']
  if (typeof error === 'object' && error !== null) {
    const { code, message, fix } = error as { code?: unknown; message?: unknown; fix?: unknown }
    return [text(message), fix ? `Next: ${text(fix)}` : undefined, `(${text(code)})`].filter(Boolean).join('\n')
  }
  return [text(answer['message'] ?? error), answer['next'] ? `Next: ${text(answer['next'])}` : undefined]
    .filter(Boolean)
    .join('\n')
}
