import type { JsonObject } from '@tidegate/mcp-adapter'
import type { Command } from 'commander'
import { describeEdit, describeOrder, describePlacement, describeVerdict, orderTable } from '../describe.js'
import { withHome } from './define.js'
import { addResolveCommand } from './order-resolve.js'

interface OrderOptions {
  readonly type: string
  readonly size?: string
  readonly quoteSize?: string
  readonly limitPrice?: string
  readonly stopPrice?: string
  readonly stopDirection?: string
  readonly timeInForce?: string
  readonly endTime?: string
  readonly takeProfit?: string
  readonly stopLoss?: string
  readonly startTime?: string
  readonly numOrders?: string
  readonly minPrice?: string
  readonly maxPrice?: string
  readonly priceDistribution?: string
  readonly sizeDistribution?: string
  readonly postOnly?: boolean
  readonly clientOrderId?: string
}

interface EditOptions {
  readonly price?: string
  readonly size?: string
  readonly stopPrice?: string
  readonly clientOrderId?: string
}

/** `tidegate order place|preview|edit|cancel|cancel-all|list|show|resolve`. */
export function addOrderCommands(program: Command): void {
  const order = program.command('order').description('place, check, cancel and look at orders')

  withHome<OrderOptions, [string, string]>(
    orderOptions(order.command('place').description('place an order through the same limits as the agents')),
    async (session, options, side, product) => {
      const answer = await session.tool('place_order', orderArguments(side, product, options))
      return { value: answer, human: describePlacement(answer) }
    },
  )

  withHome<OrderOptions, [string, string]>(
    orderOptions(order.command('preview').description('the verdict the order would get now; nothing is recorded')),
    async (session, options, side, product) => {
      const { limit_price: price, client_order_id: _, ...rest } = orderArguments(side, product, options)
      const answer = await session.tool('check_trade_risk', { ...rest, ...(price === undefined ? {} : { price }) })
      return { value: answer, human: describeVerdict(answer) }
    },
  )

  withHome<EditOptions, [string]>(
    order
      .command('edit')
      .description('change price or size of an open order; where the venue cannot, cancel it and place a new one')
      .argument('<id>', 'order id, intent id or client_order_id')
      .option('--price <price>', 'new limit price')
      .option('--size <amount>', 'new total size in base currency, filled part included')
      .option('--stop-price <price>', 'new price that wakes a stop-limit order')
      .option('--client-order-id <id>', 'your own id for this change: a repeat never changes twice'),
    async (session, options, id) => {
      const all: Record<string, string | undefined> = {
        order_id: id,
        limit_price: options.price,
        size: options.size,
        stop_price: options.stopPrice,
        client_order_id: options.clientOrderId,
      }
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject
      const answer = await session.tool('edit_order', given)
      return { value: answer, human: describeEdit(answer) }
    },
  )

  withHome<object, [string]>(
    order.command('cancel').description('cancel an order').argument('<id>', 'order id, intent id or client_order_id'),
    async (session, _options, id) => {
      const answer = await session.tool('cancel_order', { order_id: id })
      return { value: answer, human: describeOrder(answer) }
    },
  )

  withHome<{ product?: string }, []>(
    order
      .command('cancel-all')
      .description('cancel everything that is live')
      .option('--product <id>', 'only this product'),
    async (session, options) => {
      const answer = await session.tool('cancel_all_orders', options.product ? { product_id: options.product } : {})
      return { value: answer, human: describeOrder(answer) }
    },
  )

  withHome<{ all?: boolean }, []>(
    order.command('list').description('active orders').option('--all', 'finished ones, too'),
    async (session, options) => {
      const answer = await session.resource(options.all ? 'order://history' : 'order://active')
      return { value: answer, human: orderTable(answer) }
    },
  )

  withHome<object, [string]>(
    order.command('show').description('one order in full').argument('<id>', 'order id or intent id'),
    async (session, _options, id) => {
      const answer = await session.resource(`order://status/${encodeURIComponent(id)}`)
      return { value: answer, human: describeOrder(answer) }
    },
  )
  addResolveCommand(order)
}

function orderOptions(command: Command): Command {
  return command
    .argument('<side>', 'buy or sell')
    .argument('<product>', 'trading pair, e.g. BTC-USD')
    .option('--type <type>', 'market, limit, stop_limit, bracket, twap or scaled', 'market')
    .option('--size <amount>', 'amount of the base currency, e.g. 0.01')
    .option('--quote-size <amount>', 'amount of the quote currency, e.g. 25')
    .option('--limit-price <price>', 'limit price')
    .option('--stop-price <price>', 'price that wakes a stop-limit order')
    .option('--stop-direction <direction>', 'up or down')
    .option('--time-in-force <tif>', 'gtc, gtd, ioc or fok')
    .option('--end-time <time>', 'end of a gtd order or a twap, ISO 8601 with zone')
    .option('--take-profit <price>', 'of a bracket, or attached to a buy: where the profit is taken')
    .option('--stop-loss <price>', 'of a bracket, or attached to a buy: the last trade that triggers the stop')
    .option('--start-time <time>', 'begin of a twap; now without it')
    .option('--num-orders <count>', 'slices of a twap, orders of a ladder')
    .option('--min-price <price>', 'lowest price of a ladder')
    .option('--max-price <price>', 'highest price of a ladder')
    .option('--price-distribution <word>', 'flat, linear_increasing or linear_decreasing')
    .option('--size-distribution <word>', 'evenly_split, increasing or decreasing')
    .option('--post-only', 'refuse rather than take liquidity')
    .option('--client-order-id <id>', 'your own id: the same id and terms never trade twice')
}

/** People type lower case; the wire wants upper. Nothing else is mended: a wrong amount is refused with its cure. */
function orderArguments(side: string, product: string, options: OrderOptions): JsonObject {
  const upper = (value: string | undefined): string | undefined => value?.toUpperCase().replace('-', '_')
  const all: Record<string, string | boolean | undefined> = {
    product_id: product.toUpperCase(),
    side: side.toUpperCase(),
    order_type: upper(options.type),
    size: options.size,
    quote_size: options.quoteSize,
    limit_price: options.limitPrice,
    stop_price: options.stopPrice,
    stop_direction: upper(options.stopDirection),
    time_in_force: upper(options.timeInForce),
    end_time: options.endTime,
    take_profit_price: options.takeProfit,
    stop_loss_price: options.stopLoss,
    start_time: options.startTime,
    num_orders: options.numOrders,
    min_price: options.minPrice,
    max_price: options.maxPrice,
    price_distribution: upper(options.priceDistribution),
    size_distribution: upper(options.sizeDistribution),
    post_only: options.postOnly,
    client_order_id: options.clientOrderId,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as JsonObject
}
