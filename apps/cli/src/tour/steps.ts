import type { JsonObject } from '@tidegate/mcp-adapter'
import { Decimal, formatDecimal } from '@tidegate/trading-model'
import { say as text } from '../output.js'
import type { Found, TourClient } from './tour-client.js'

export interface TourContext {
  readonly client: TourClient
  readonly operator: (verb: string, args?: Readonly<Record<string, string>>) => Promise<Found>
  readonly sleep: (ms: number) => Promise<void>
  /** What earlier steps found and later ones need. */
  readonly memory: { waitingIntentId?: string; intentsPlaced: number }
}

/** What a step found. `observed` is read back through the MCP client, never taken from what was meant. */
export interface StepFinding {
  readonly ok: boolean
  readonly expected: string
  readonly observed: Found
  readonly asked: string
  readonly happened: string
  readonly why: string
}

export interface TourStep {
  readonly name: string
  readonly title: string
  readonly run: (context: TourContext) => Promise<StepFinding>
}

const PRODUCT = 'BTC-USD'
const denials = (answer: Found): readonly Found[] =>
  Array.isArray(answer['denials']) ? (answer['denials'] as Found[]) : []
const reason = (denial: Found | undefined): string => {
  if (!denial) return '–'
  const numbers = `(limit ${text(denial['limit'])}, this order ${text(denial['actual'])} ${text(denial['unit'])})`
  return `${text(denial['code'])}: ${text(denial['message'])}${denial['unit'] === 'state' ? '' : ` ${numbers}`}`
}

/** Asks again until `done` or the patience is used up; gives the last answer. */
async function until(
  context: TourContext,
  ask: () => Promise<Found>,
  done: (answer: Found) => boolean,
  tries = 60,
): Promise<Found> {
  let answer = await ask()
  for (let attempt = 1; attempt < tries && !done(answer); attempt++) {
    await context.sleep(200)
    answer = await ask()
  }
  return answer
}

const ticker = (context: TourContext): Promise<Found> => context.client.resource(`market://ticker/${PRODUCT}`)
const orderStatus = (context: TourContext, id: string): Promise<Found> =>
  context.client.resource(`order://status/${encodeURIComponent(id)}`)
const stateOf = (order: Found): string => text(order['state'] ?? order['status'])

const marketData: TourStep = {
  name: 'market_data',
  title: 'An agent looks at the market',
  run: async (context) => {
    const tools = await context.client.toolNames()
    const first = await ticker(context)
    const second = await until(
      context,
      () => ticker(context),
      (now) => text(now['price']) !== text(first['price']),
    )
    const moved = text(first['price']) !== text(second['price'])
    return {
      ok: moved && second['stale'] === false && tools.includes('place_order'),
      expected: 'a fresh price that moves',
      observed: {
        tools: tools.length,
        first_price: text(first['price']),
        next_price: text(second['price']),
        age_ms: second['age_ms'] ?? null,
        stale: second['stale'] ?? null,
      },
      asked: `the ticker of ${PRODUCT}, twice`,
      happened: `${text(first['price'])} USD, then ${text(second['price'])} USD, ${text(second['age_ms'])} ms old; ${tools.length} tools on offer`,
      why: 'a seeded synthetic market streams into the cache over the exchange’s WebSocket; every value carries its age',
    }
  },
}

const smallOrder: TourStep = {
  name: 'small_order_filled',
  title: 'A small order is filled',
  run: async (context) => {
    const placed = await context.client.tool('place_order', {
      product_id: PRODUCT,
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '10',
    })
    context.memory.intentsPlaced++
    const id = text(placed['order_id'])
    const order = await until(
      context,
      () => orderStatus(context, id),
      (now) => stateOf(now) === 'FILLED',
    )
    const fills = await context.client.resource(`history://fills?product=${PRODUCT}`)
    const mine = (Array.isArray(fills['fills']) ? (fills['fills'] as Found[]) : []).filter(
      (fill) => text(fill['order_id']) === id,
    )
    return {
      ok: placed['success'] === true && stateOf(order) === 'FILLED' && mine.length > 0,
      expected: 'FILLED, with at least one fill in the history',
      observed: {
        order_id: id,
        state: stateOf(order),
        filled_size: order['filled_size'] ?? null,
        average_price: order['average_filled_price'] ?? null,
        fees: order['total_fees'] ?? null,
        fills: mine.length,
      },
      asked: `buy ${PRODUCT} for 10 USD at the market`,
      happened: `${stateOf(order)}: ${text(order['filled_size'])} BTC at ${text(order['average_filled_price'])}, fee ${text(order['total_fees'])} USD`,
      why: 'within every limit; the intent was on disk before the request left, and it left once',
    }
  },
}

const fatFinger: TourStep = {
  name: 'fat_finger_refused',
  title: 'A fat finger is refused',
  run: async (context) => {
    const now = await ticker(context)
    const tenfold = new Decimal(text(now['price'])).mul(10).toDecimalPlaces(2)
    const placed = await context.client.tool('place_order', {
      product_id: PRODUCT,
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0001',
      limit_price: formatDecimal(tenfold),
    })
    const active = await context.client.resource('order://active')
    const live = Array.isArray(active['orders']) ? active['orders'].length : -1
    const collar = denials(placed).find((denial) => denial['code'] === 'RISK_PRICE_COLLAR')
    return {
      ok: placed['outcome'] === 'denied' && collar !== undefined && live === 0,
      expected: 'denied with RISK_PRICE_COLLAR, nothing live',
      observed: {
        outcome: placed['outcome'] ?? null,
        codes: denials(placed).map((denial) => text(denial['code'])),
        active_orders: live,
      },
      asked: `buy 0.0001 BTC at ${formatDecimal(tenfold)} USD, ten times the market`,
      happened: `${text(placed['outcome'])}; ${live} orders live`,
      why: reason(collar),
    }
  },
}

const largeOrder: TourStep = {
  name: 'large_order_waits',
  title: 'A large order waits for a person',
  run: async (context) => {
    const placed = await context.client.tool('place_order', {
      product_id: PRODUCT,
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '600',
    })
    context.memory.intentsPlaced++
    const id = text(placed['intent_id'])
    context.memory.waitingIntentId = id
    const order = await orderStatus(context, id)
    return {
      ok: placed['outcome'] === 'awaiting_approval' && stateOf(order) === 'AWAITING_APPROVAL' && !order['order_id'],
      expected: 'AWAITING_APPROVAL, nothing at the venue',
      observed: { outcome: placed['outcome'] ?? null, state: stateOf(order), order_id: order['order_id'] ?? null },
      asked: `buy ${PRODUCT} for 600 USD at the market`,
      happened: `${stateOf(order)}; no order at the venue`,
      why: 'worth more than require_confirmation_above_usd (500): its funds are reserved, and no tool of the agent can approve it',
    }
  },
}

const approved: TourStep = {
  name: 'approved',
  title: 'A person approves it',
  run: async (context) => {
    const id = context.memory.waitingIntentId ?? ''
    const { approvals } = await context.operator('approvals_list', {})
    const shown = (approvals as readonly JsonObject[]).find((row) => row['intent_id'] === id)
    const verdict = await context.operator('approvals_approve', {
      intent_id: id,
      terms_hash: text(shown?.['terms_hash_prefix']),
    })
    const order = await until(
      context,
      () => orderStatus(context, id),
      (now) => stateOf(now) === 'FILLED',
    )
    return {
      ok: verdict['ok'] === true && stateOf(order) === 'FILLED',
      expected: 'sent within a second and FILLED',
      observed: {
        state: stateOf(order),
        order_id: order['order_id'] ?? null,
        filled_value: order['filled_value'] ?? null,
        fees: order['total_fees'] ?? null,
        approved_by: order['approved_by'] ?? null,
      },
      asked: 'the operator approves that one order, through the operator’s own door',
      happened: `${stateOf(order)}: ${text(order['filled_value'])} USD plus ${text(order['total_fees'])} USD fee`,
      why: 'the approval is bound to the exact order, single use, and the order was checked once more before it left',
    }
  },
}

const killSwitch: TourStep = {
  name: 'kill_switch',
  title: 'The agent pulls the kill switch; only a person can release it',
  run: async (context) => {
    const halted = await context.client.tool('halt_trading', { reason: 'tour: kill switch' })
    const placed = await context.client.tool('place_order', {
      product_id: PRODUCT,
      side: 'BUY',
      order_type: 'MARKET',
      quote_size: '11',
    })
    const resumed = await context.operator('resume', { scope: 'account', reason: 'tour: end of the kill switch step' })
    const after = await context.client.tool('check_trade_risk', { product_id: PRODUCT, side: 'BUY', size: '0.0001' })
    const code = denials(placed).find((denial) => denial['code'] === 'RISK_HALTED')
    const open = after['approved'] === true || after['verdict'] === 'approved'
    return {
      ok: placed['outcome'] === 'denied' && code !== undefined && resumed['ok'] !== false && open,
      expected: 'denied with RISK_HALTED; allowed again after the operator resumed',
      observed: {
        mode: halted['mode'] ?? null,
        outcome: placed['outcome'] ?? null,
        codes: denials(placed).map((denial) => text(denial['code'])),
        after_resume: open ? 'approved' : 'denied',
      },
      asked: 'halt_trading, then buy for 11 USD, then the operator resumes',
      happened: `${text(placed['outcome'])} while halted; ${open ? 'allowed' : 'still refused'} after the operator resumed`,
      why: reason(code),
    }
  },
}

const auditVerified: TourStep = {
  name: 'audit_verified',
  title: 'The record is whole',
  run: async (context) => {
    const verdict = await context.operator('audit_verify')
    const history = await context.client.resource('order://history')
    const sent = (Array.isArray(history['orders']) ? (history['orders'] as Found[]) : []).filter(
      (order) => order['order_id'],
    )
    return {
      ok: verdict['ok'] === true && Number(verdict['entries']) > 0 && sent.length === context.memory.intentsPlaced,
      expected: `a whole chain, and exactly ${context.memory.intentsPlaced} orders at the venue`,
      observed: {
        ok: verdict['ok'] ?? null,
        entries: verdict['entries'] ?? null,
        head: verdict['head'] ?? null,
        orders_sent: sent.length,
      },
      asked: 'recompute the audit chain from its first entry; list what was sent',
      happened: `${text(verdict['entries'])} entries, every hash and signed head fits; ${sent.length} orders were sent`,
      why: 'each change of state writes its entry in the same transaction',
    }
  },
}

/** The seven steps, in order. Names are a contract (`npm start -- --once --json`). */
export const TOUR: readonly TourStep[] = [
  marketData,
  smallOrder,
  fatFinger,
  largeOrder,
  approved,
  killSwitch,
  auditVerified,
]
