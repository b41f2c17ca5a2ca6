import { type Decimal, InputError, parsePositiveDecimal } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { requirePermissions } from '../permissions.js'
import { type ArgumentReader, isGiven, ORDER_ID, PRODUCT_ID, readArguments } from '../shared/read-arguments.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { Condition, Known } from '../waits/condition.js'
import { approvalDecided, orderFinished } from '../waits/order-change.js'
import { DIRECTIONS, priceCrossing } from '../waits/price-crossing.js'
import type { WaitEnd } from '../waits/wait-room.js'
import { outputSchema } from './output-schema.js'
import { argumentNames, type InputSchema, READS, type ToolDefinition } from './tool.js'

const EVENTS = ['price', 'order', 'approval'] as const
/** Hosts give up on a call after a minute. */
const MAX_WAIT_MS = 50_000
const DEFAULT_WAIT_MS = 30_000
const CURSOR = { test: /^w\d{1,15}$/, as: 'the cursor that the last wait returned, unchanged' }
const belongsTo: Readonly<Record<(typeof EVENTS)[number], readonly string[]>> = {
  price: ['product_id', 'direction', 'price', 'cursor'],
  order: ['order_id'],
  approval: ['order_id'],
}

const inputSchema: InputSchema = {
  type: 'object',
  properties: {
    event: { type: 'string', enum: EVENTS },
    product_id: { type: 'string', description: 'price' },
    direction: { type: 'string', enum: DIRECTIONS, description: 'price' },
    price: { type: 'string', description: 'Last trade price to reach' },
    order_id: { type: 'string', description: 'order, approval' },
    wait_ms: { type: 'integer', description: `Default ${DEFAULT_WAIT_MS}`, minimum: 0, maximum: MAX_WAIT_MS },
    cursor: { type: 'string', description: 'price: goes on with a wait that timed out' },
  },
  required: ['event'],
}

export const waitForEventTool: ToolDefinition = {
  name: 'wait_for_event',
  title: 'Wait for an event',
  description:
    'Wait until a price is reached, an order is finished, or an approval is decided; answers at once if it already is. A timeout is no error: happened is false, with what is known and how to go on.',
  inputSchema,
  outputSchema: outputSchema(
    { happened: 'boolean', event: 'string', waited_ms: 'integer', env: 'string', next: 'string' },
    {
      happened_at: 'string',
      ticker: 'object',
      order: 'object',
      decision: 'string',
      timed_out: 'boolean',
      cursor: 'string',
      gap: 'boolean',
    },
  ),
  hints: READS,
  permissions: ['read_market_data'],
  waits: true,
  async run(context, args, control) {
    const { event, waitMs, begin, meaning, cursor } = readWait(context, args)
    const beganMs = context.clock.nowMs()
    const resumed = cursor === undefined ? undefined : context.waits.resume(context.principal.name, meaning, cursor)
    const condition = resumed ?? (await begin())
    const end = await context.waits.wait(context.principal.name, condition, waitMs, control)
    const known = condition.known()
    // Orders and approvals are in the store, so nothing is missed between two waits; prices are watched on for a while.
    const kept =
      end === 'timed_out' && event === 'price'
        ? context.waits.keep(context.principal.name, meaning, condition)
        : undefined
    return {
      happened: known.happened,
      event,
      ...known.shown,
      ...(end === 'timed_out' ? { timed_out: true } : {}),
      ...(kept === undefined ? {} : { cursor: kept }),
      ...(cursor !== undefined && !resumed ? { gap: true } : {}),
      waited_ms: Math.max(0, context.clock.nowMs() - beganMs),
      env: context.desk.environment,
      next: nextOf(event, end, known),
    }
  },
}

type Event = (typeof EVENTS)[number]

interface Wait {
  readonly event: Event
  readonly waitMs: number
  readonly cursor: string | undefined
  /** Two waits with the same meaning wait for the same thing. */
  readonly meaning: string
  readonly begin: () => Promise<Condition>
}

function readWait(context: SurfaceContext, args: JsonObject): Wait {
  const reader = readArguments(args, argumentNames(inputSchema))
  if (!isGiven(args, 'event')) {
    reader.refuse({ field: 'event', problem: 'is missing', fix: `send one of ${EVENTS.join(', ')}` })
  }
  const event = reader.choice('event', EVENTS)
  const waitMs = reader.count('wait_ms', 0, MAX_WAIT_MS) ?? DEFAULT_WAIT_MS
  if (event === undefined) {
    reader.check()
    throw new InputError([{ field: 'event', problem: 'is missing', fix: `send one of ${EVENTS.join(', ')}` }])
  }
  const others = [...new Set(Object.values(belongsTo).flat())]
  for (const name of others.filter((name) => isGiven(args, name) && !belongsTo[event].includes(name))) {
    reader.refuse({ field: name, problem: `does not go with event ${event}`, fix: `leave out ${name}` })
  }
  if (event === 'price') {
    const productId = reader.requiredText('product_id', PRODUCT_ID)
    const direction = reader.choice('direction', DIRECTIONS) ?? missingDirection(reader, args)
    const price = readPrice(reader)
    const cursor = reader.text('cursor', CURSOR)
    reader.check()
    return {
      event,
      waitMs,
      cursor,
      meaning: `${productId} ${direction} ${price.toFixed()}`,
      begin: () => priceCrossing(context, { productId, direction, price }),
    }
  }
  const orderId = reader.requiredText('order_id', ORDER_ID)
  reader.check()
  requirePermissions(context.principal, ['read_orders'], `wait_for_event of event ${event}`, context.adminTrades)
  const begin = () => (event === 'order' ? orderFinished : approvalDecided)(context, orderId)
  return { event, waitMs, cursor: undefined, meaning: `${event} ${orderId}`, begin }
}

function missingDirection(reader: ArgumentReader, args: JsonObject): (typeof DIRECTIONS)[number] {
  if (!isGiven(args, 'direction')) {
    reader.refuse({ field: 'direction', problem: 'is missing', fix: `send one of ${DIRECTIONS.join(', ')}` })
  }
  return 'ABOVE'
}

function readPrice(reader: ArgumentReader): Decimal {
  const text = reader.requiredText('price')
  try {
    return parsePositiveDecimal(text || '1', 'price')
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    for (const issue of error.issues) reader.refuse(issue)
    return parsePositiveDecimal('1', 'price')
  }
}

function nextOf(event: Event, end: WaitEnd, { happened }: Known): string {
  if (happened) {
    return event === 'price'
      ? 'The price was reached; it may have moved on since. Read get_market_data before you act on it.'
      : event === 'order'
        ? 'The order is finished; nothing more will happen to it.'
        : 'Decided. An approved order is sent by itself: wait for event order, never place it again.'
  }
  if (end === 'stopped') return 'The wait was given up before anything happened.'
  return event === 'price'
    ? 'Not yet. Call again with the same arguments and this cursor within 2 minutes: what happens in between is not missed.'
    : 'Not yet. Call again with the same arguments: what happens in between is not missed. Do not place the order again.'
}
