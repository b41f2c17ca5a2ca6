import {
  Decimal,
  type Fill,
  formatDecimal,
  INTENT_STATES,
  type Intent,
  isTerminal,
  readDecimal,
  ZERO,
} from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { publicCode } from '../public-code.js'
import { showDay, showPosition } from '../resources/positions.js'
import { showLimits } from '../resources/profile.js'
import { readArguments } from '../shared/read-arguments.js'
import { parseTime } from '../shared/read-time.js'
import { newestFirst, showFill } from '../shared/show-fill.js'
import { showOrder, statusWord } from '../shared/show-order.js'
import { showAge, showTime } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import { DATA_NOTE, jsonLines, type PromptDefinition } from './prompt.js'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** Orders of a day that are read; a day with more is said to have more. */
const MAX_ORDERS = 1_000
const SHOWN_ORDERS = 15
const SHOWN_FILLS = 10
const DATE = { test: /^\d{4}-\d{2}-\d{2}$/, as: 'a day such as 2026-11-24 (UTC)' }
const liveStates = INTENT_STATES.filter((state) => !isTerminal(state))

export const dailyReviewPrompt: PromptDefinition = {
  name: 'daily_review',
  title: 'Review a trading day',
  description: 'Orders, fills, fees, realised result, limits used and denials of one UTC day, filled in.',
  arguments: [{ name: 'date', description: 'UTC day such as 2026-11-24; default today', required: false }],
  permissions: ['read_accounts', 'read_orders', 'read_fills'],
  async render(context, args) {
    const { desk, clock } = context
    const nowMs = clock.nowMs()
    const day = readDay(args, nowMs)
    const [orders, live, fills, view, modes] = await Promise.all([
      desk.listOrders({ sinceMs: day.startMs, untilMs: day.startMs + DAY_MS, limit: MAX_ORDERS + 1 }),
      desk.listOrders({ states: liveStates, limit: MAX_ORDERS }),
      desk.fills({ sinceMs: day.startMs, untilMs: day.startMs + DAY_MS }),
      desk.positions(),
      desk.modes(),
    ])
    const placed = orders.slice(0, MAX_ORDERS)
    const traded = newestFirst(fills)
    const age = showAge(clock, nowMs - view.ageMs)
    return `Review my trading day ${day.date} (UTC${day.isToday ? ', still running' : ''}).

${DATA_NOTE}
Environment: ${desk.environment}${desk.dryRun ? ' (dry run: orders are checked, not sent or recorded)' : ''}. Read at ${showTime(nowMs)}.

Orders (${orders.length > MAX_ORDERS ? `more than ${MAX_ORDERS}; the newest ${MAX_ORDERS} are counted` : orders.length}):
${placed.length === 0 ? 'No orders were recorded on this day.' : JSON.stringify(countOrders(placed))}
${jsonLines(
  placed.slice(0, SHOWN_ORDERS).map((intent) => shortOrder(intent, nowMs)),
  '',
)}

Fills (${traded.length}${traded.length > SHOWN_FILLS ? `; the newest ${SHOWN_FILLS} are shown` : ''}):
${traded.length === 0 ? 'Nothing was traded on this day.' : JSON.stringify(sumFills(traded))}
${jsonLines(
  traded.slice(0, SHOWN_FILLS).map((fill) => showFill(fill, nowMs)),
  '',
)}

Fees of the day by currency:
${traded.length === 0 ? 'none' : JSON.stringify(sumFees(traded))}

Realised result of the day:
${day.isToday ? describeResult(view.day) : 'not available: the result is kept for the running day only. Do not compute it from the fills above: their cost basis lies in earlier days.'}

Denials (refused by our own rules, nothing was sent):
${describeDenials(placed)}

Limits in force:
${JSON.stringify(showLimits(context))}

Limits used now:
${JSON.stringify(limitsUsed(context, { live, view, nowMs, orders: placed, isToday: day.isToday }))}

Still open or waiting (${live.length === MAX_ORDERS ? `${MAX_ORDERS} or more` : live.length}):
${live.length === 0 ? 'nothing' : JSON.stringify(countOrders(live))}

Positions now (portfolio ${view.portfolioValueUsd} USD, as of ${age.as_of}, age ${age.age_ms} ms):
${jsonLines(view.positions.map(showPosition), 'No positions.')}

Trading mode now:
${jsonLines(
  modes.map(({ scope, mode, reason, atMs }) => ({ scope, mode, reason: untrustedText(reason), at: showTime(atMs) })),
  'not available',
)}

Not available here: the value of the account at the start of the day and its course, reservations behind the limits, checks that were made
without placing an order, news and sentiment. Say "not available" for them.

Provide:
1. What was done, by whom, and what became of it
2. Result after fees, and what the fees cost of it
3. Denials and rejections: what they say about how orders were chosen
4. How near the limits came
5. What stays open and what it risks
6. What to do differently tomorrow
`
  },
}

interface Day {
  readonly date: string
  readonly startMs: number
  readonly isToday: boolean
}

function readDay(args: Readonly<Record<string, string>>, nowMs: number): Day {
  const today = showTime(nowMs).slice(0, 10)
  const reader = readArguments(args, ['date'])
  const date = reader.text('date', DATE) ?? today
  const startMs = parseTime(date)
  if (startMs === undefined || startMs > nowMs) {
    reader.refuse({ field: 'date', problem: 'is no day that has begun', fix: `send ${today} or an earlier day` })
  }
  reader.check()
  return { date, startMs: startMs ?? 0, isToday: date === today }
}

/** The last days that can be reviewed, newest first. */
export function recentDays(nowMs: number, count = 7): readonly string[] {
  return Array.from({ length: count }, (_, ago) => showTime(nowMs - ago * DAY_MS).slice(0, 10))
}

function countOrders(orders: readonly Intent[]): JsonObject {
  return {
    by_status: countBy(orders, ({ state }) => statusWord(state)),
    by_product: countBy(orders, ({ terms }) => venueWord(terms.productId)),
    by_agent: countBy(orders, ({ principal }) => untrustedText(principal, 80)),
  }
}

function countBy<T>(items: readonly T[], name: (item: T) => string): JsonObject {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(name(item), (counts.get(name(item)) ?? 0) + 1)
  return Object.fromEntries(counts)
}

/** Enough of an order to talk about it; the rest is a call of get_orders away. */
function shortOrder(intent: Intent, nowMs: number): JsonObject {
  const whole = showOrder(intent, nowMs)
  const kept = [
    'intent_id',
    'product_id',
    'side',
    'order_type',
    'size',
    'quote_size',
    'limit_price',
    'status',
    'filled_size',
    'average_filled_price',
    'total_fees',
    'agent',
    'created_at',
    'code',
  ]
  return Object.fromEntries(kept.flatMap((name) => (whole[name] === undefined ? [] : [[name, whole[name]]])))
}

function sumFills(fills: readonly Fill[]): JsonObject {
  const products = [...new Set(fills.map(({ productId }) => productId))]
  // Values of different products may be in different currencies: they are not added up.
  const by = products.map((productId) => {
    const own = fills.filter((fill) => fill.productId === productId)
    const value = (side: Fill['side']): string =>
      formatDecimal(
        own
          .filter((fill) => fill.side === side)
          .reduce((sum, { price, baseSize }) => sum.plus(price.mul(baseSize)), ZERO),
      )
    return [venueWord(productId), { fills: own.length, bought_value: value('BUY'), sold_value: value('SELL') }] as const
  })
  return { ...Object.fromEntries(by), by_liquidity: countBy(fills, ({ liquidity }) => venueWord(liquidity)) }
}

function sumFees(fills: readonly Fill[]): JsonObject {
  const sums = new Map<string, Decimal>()
  for (const { fee, feeCurrency } of fills) {
    const name = venueWord(feeCurrency)
    sums.set(name, (sums.get(name) ?? ZERO).plus(fee))
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatDecimal(sum)]))
}

function describeResult(day: Parameters<typeof showDay>[0]): string {
  const shown = JSON.stringify(showDay(day))
  return day.complete ? shown : `${shown}\nIncomplete: a fill or a price is missing, so the true result may differ.`
}

function describeDenials(orders: readonly Intent[]): string {
  const denied = orders.filter(({ state }) => state === 'DENIED')
  const rejected = orders.filter(({ state }) => state === 'REJECTED')
  const codes = (list: readonly Intent[]): JsonObject =>
    countBy(list, ({ outcomeCode }) => publicCode(outcomeCode ?? 'DENIED'))
  const lines = [
    denied.length === 0 ? 'none' : `${denied.length}: ${JSON.stringify(codes(denied))}`,
    `Rejected by the venue: ${rejected.length === 0 ? 'none' : `${rejected.length}: ${JSON.stringify(codes(rejected))}`}`,
  ]
  return lines.join('\n')
}

/** What of the limits is used, as far as orders and positions tell it. */
function limitsUsed(
  { desk, principal }: SurfaceContext,
  seen: {
    readonly live: readonly Intent[]
    readonly orders: readonly Intent[]
    readonly view: Awaited<ReturnType<SurfaceContext['desk']['positions']>>
    readonly nowMs: number
    readonly isToday: boolean
  },
): JsonObject {
  const policy = desk.policyFor(principal.name)
  const { live, orders, view, nowMs } = seen
  const result = view.day.realizedUsd.plus(view.day.unrealizedUsd).minus(view.day.feesUsd)
  const shares = view.positions.flatMap(({ portfolioSharePct }) => readDecimal(portfolioSharePct) ?? [])
  const openValue = live.reduce((sum, { worstNotionalUsd }) => sum.plus(worstNotionalUsd), ZERO)
  const recent = orders.filter(({ createdAtMs }) => createdAtMs > nowMs - MINUTE_MS).length
  return {
    loss_today_usd: `${formatDecimal(Decimal.max(result.neg(), ZERO))} of ${formatDecimal(policy.maxLossPerDayUsd)}`,
    largest_position_pct: `${formatDecimal(shares.reduce((most, share) => Decimal.max(most, share), ZERO))} of ${formatDecimal(policy.maxPositionSizePct)}`,
    ...(seen.isToday ? { orders_last_minute: `${recent} of ${policy.maxOrdersPerMinute}` } : {}),
    open_orders: `${live.length} of ${policy.maxOpenOrders ?? 'no limit'}`,
    open_value_usd: `${formatDecimal(openValue)} of ${policy.maxOpenValueUsd ? formatDecimal(policy.maxOpenValueUsd) : 'no limit'}`,
  }
}
