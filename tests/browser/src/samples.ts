/** Answers as the tools give them; the numbers differ so that a mix-up shows. */
export function candlesAnswer(count = 60, change: object = {}): Record<string, unknown> {
  const start = Math.floor(Date.UTC(2026, 10, 24, 0) / 1000)
  const at = Array.from({ length: count }, (_, index) => index)
  const wave = (index: number): number =>
    Math.round(9_700_000 + 90_000 * Math.sin(index / 7) + 13_337 * Math.cos(index * 1.7))
  const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`
  return {
    product_id: 'BTC-USD',
    granularity: '15m',
    count,
    from: '2026-11-24T00:00:00.000Z',
    until: '2026-11-24T15:00:00.000Z',
    start_unix_s: at.map((index) => start + index * 900),
    open: at.map((index) => money(wave(index))),
    high: at.map((index) => money(Math.max(wave(index), wave(index + 1)) + 21_001 + (index % 5) * 3_000)),
    low: at.map((index) => money(Math.min(wave(index), wave(index + 1)) - 18_002 - (index % 3) * 4_000)),
    close: at.map((index) => money(wave(index + 1))),
    volume: at.map((index) => `${3 + ((index * 7) % 11)}.${index % 10}0000001`),
    as_of: new Date(Date.now() - 2_000).toISOString(),
    age_ms: 2_000,
    source: 'rest',
    delivery: 'realtime',
    stale: false,
    ...change,
  }
}

/** One execution as `get_history` shows it. */
export function fill(minutes: number, side: 'BUY' | 'SELL', size: string, price: string, change: object = {}): object {
  return {
    trade_id: `trade-${minutes}`,
    order_id: `order-${minutes}`,
    product_id: 'BTC-USD',
    side,
    price,
    size,
    value: '1',
    commission: '0.582',
    fee_currency: 'USD',
    liquidity: 'TAKER',
    traded_at: new Date(Date.UTC(2026, 10, 24, 0, minutes)).toISOString(),
    age_ms: 1,
    ...change,
  }
}

/** A result of a tool call around structured content. */
export const toolResult = (structured: object): Record<string, unknown> => ({
  content: [{ type: 'text', text: JSON.stringify(structured) }],
  structuredContent: structured,
})

/** Names, sentences and identifiers that must stay text. */
export const hostile = [
  '<img src=x onerror="window.top.hit=1">',
  '<script>window.hit=1</script>',
  '"><svg/onload=window.hit=1>',
  "javascript:window.hit=1//'",
  '\u202Egnp.exe\u2066 \u200Bhidden\u0007',
  '{{constructor.constructor("window.hit=1")()}}',
] as const

const findings = [
  { rule: 'mode', passed: true, limit: 'ACTIVE', actual: 'ACTIVE', unit: 'state' },
  { rule: 'market-data', passed: true, limit: '5000', actual: '41', unit: 'ms' },
  { rule: 'max-order-value', passed: true, limit: '25000', actual: '14550.15', unit: 'USD' },
  { rule: 'daily-value', passed: true, limit: '100000', actual: '14550.15', unit: 'USD' },
  { rule: 'position-share', passed: true, limit: '25', actual: '12.318227', unit: '%' },
  { rule: 'order-rate', passed: true, limit: '10', actual: '1', unit: 'orders/min' },
  { rule: 'price-collar', passed: true, limit: '10', actual: '0.154', unit: '%' },
  { rule: 'funds', passed: true, limit: '50000', actual: '14637.4509', unit: 'USD' },
]

const estimate = {
  worst_price: '97001.00',
  base_size: '0.15',
  notional: '14550.15',
  fee: '87.3009',
  fee_rate: '0.006',
  total: '14637.4509',
  notional_usd: '14550.15',
  mid: '97000.50',
  position_pct_after: '12.318227',
}

export const limitOrder = {
  product_id: 'BTC-USD',
  side: 'BUY',
  order_type: 'LIMIT',
  size: '0.15',
  limit_price: '97001.00',
  time_in_force: 'GTC',
  post_only: false,
}

/** `check_trade_risk`, every limit passed. */
export const checkPassed = {
  approved: true,
  verdict: 'approved',
  needs_approval: false,
  order_type: 'LIMIT',
  denials: [],
  findings,
  estimate,
  policy_version: 'p-7f3a',
  market_age_ms: 41,
  env: 'paper',
  next: 'place_order would send it now. The verdict holds only for this moment.',
}

/** `check_trade_risk`, two limits said no. */
export const checkDenied = {
  ...checkPassed,
  approved: false,
  verdict: 'denied',
  denials: [
    {
      code: 'RISK_MAX_ORDER_VALUE',
      limit: '1000',
      actual: '14550.15',
      unit: 'USD',
      message: 'The order is worth 14550.15 USD and one order may be worth 1000 USD.',
      cure: 'send at most 0.01030906 BTC',
    },
  ],
  error: { code: 'RISK_MAX_ORDER_VALUE', message: 'RISK_MAX_ORDER_VALUE: …', fix: 'Nothing was sent.' },
  findings: findings.map((finding) =>
    finding.rule === 'max-order-value' ? { ...finding, passed: false, limit: '1000' } : finding,
  ),
  next: 'Nothing was sent. To pass: send at most 0.01030906 BTC.',
}

/** `place_order`, whatever became of it. */
export function placement(outcome: string, change: object = {}): Record<string, unknown> {
  return {
    success: outcome === 'accepted',
    outcome,
    intent_id: '0197a2b4-5c6d-7e8f-9012-3456789abcde',
    client_order_id: 'agent-1',
    state: 'OPEN',
    status: 'OPEN',
    product_id: 'BTC-USD',
    side: 'BUY',
    filled_size: '0',
    filled_value: '0',
    total_fees: '0',
    denials: [],
    estimate,
    env: 'paper',
    next: 'Follow it with get_orders.',
    ...change,
  }
}

/** `place_order`, waiting for its approver for another ten minutes. */
export const awaiting = (change: object = {}): Record<string, unknown> =>
  placement('awaiting_approval', {
    state: 'AWAITING_APPROVAL',
    status: 'AWAITING_APPROVAL',
    needs_approval: true,
    approval_expires_at: new Date(Date.now() + 600_000).toISOString(),
    terms_hash: '9b1c6f0e2a7d4c55',
    next: 'Nothing was sent yet: a person has to approve this order.',
    ...change,
  })

/** What comes beside a placement, for pages. */
export const beside = { _meta: { 'tidegate/page': { findings, terms: limitOrder, market_age_ms: 41 } } }
