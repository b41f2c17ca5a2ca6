import { Decimal } from '@tidegate/trading-model'
import type { CBAdvancedTradeClient, WebsocketClient } from 'coinbase-api'
import { checkFillsAgainstWallets, type RawFill } from './add-up.js'
import type { ExchangeAddress } from './exchange.js'
import { installedVersion } from './installed-version.js'
import { check, createJudge, type Row, until } from './judge.js'
import { loadCoinbaseApi } from './load-coinbase-api.js'

const PRODUCT = 'BTC-USD'
type Configuration = Parameters<CBAdvancedTradeClient['submitOrder']>[0]['order_configuration']
type Call = ReturnType<typeof createJudge>['call']

/** The whole loop with `coinbase-api`, unmodified: only the addresses are ours. */
export async function judgeCoinbaseApi(exchange: ExchangeAddress): Promise<readonly Row[]> {
  const coinbaseApi = await loadCoinbaseApi()
  const judge = createJudge('coinbase-api', installedVersion('coinbase-api'))
  const credentials = { apiKey: exchange.keyName, apiSecret: exchange.privateKeyPem }
  const client = new coinbaseApi.CBAdvancedTradeClient({ ...credentials, baseUrl: exchange.rest })
  await quote(client, judge.call)
  await trade(client, judge.call)
  const socket = new coinbaseApi.WebsocketClient({ ...credentials, wsUrl: exchange.ws })
  await watch(client, socket, judge.call)
  socket.closeAll(true)
  await add(client, judge.call)
  return judge.rows
}

async function quote(client: CBAdvancedTradeClient, call: Call): Promise<void> {
  const nowSeconds = Math.floor(Date.now() / 1_000)
  const span = { start: String(nowSeconds - 3_600), end: String(nowSeconds), granularity: 'ONE_MINUTE' as const }
  await call('getServerTime', async () => {
    check(Number((await client.getServerTime()).epochMillis) > 0, 'no time')
    return 'ms since epoch'
  })
  await call('getApiKeyPermissions', async () => {
    check((await client.getApiKeyPermissions()).can_trade, 'may not trade')
    return 'may view and trade, not transfer'
  })
  await call('getProducts', async () => {
    check((await client.getProducts({ get_all_products: true })).products.length >= 4, 'too few')
    return 'every product'
  })
  await call('getProduct', async () => {
    check((await client.getProduct({ product_id: PRODUCT })).product_id === PRODUCT, 'another one')
    return 'increments and limits'
  })
  await call('getPublicProducts', async () => {
    const asked = [PRODUCT, 'ETH-USD']
    check((await client.getPublicProducts({ product_ids: asked })).products.length === 2, 'filter not honoured')
    return 'those asked for'
  })
  await call('getBestBidAsk', async () => {
    const { pricebooks } = await client.getBestBidAsk({ product_ids: [PRODUCT] })
    check(Number(pricebooks[0]?.bids[0]?.price) < Number(pricebooks[0]?.asks[0]?.price), 'crossed')
    return 'bid below ask'
  })
  await call('getProductBook', async () => {
    const { pricebook } = await client.getProductBook({ product_id: PRODUCT, limit: 20 })
    check(pricebook.bids.length === 20 && pricebook.asks.length === 20, 'not 20 levels')
    return '20 levels a side'
  })
  await call('getProductCandles', async () => {
    const { candles } = await client.getProductCandles({ product_id: PRODUCT, ...span })
    check(candles.length > 10, 'too few')
    return 'minute candles'
  })
  await call('getPublicProductCandles', async () => {
    const { candles } = await client.getPublicProductCandles({ product_id: PRODUCT, ...span })
    check(candles.length > 10, 'too few')
    return 'minute candles'
  })
  await call('getMarketTrades', async () => {
    check((await client.getMarketTrades({ product_id: PRODUCT, limit: 10 })).trades.length > 0, 'none')
    return 'public trades'
  })
  await call('getAccounts', async () => {
    const { accounts } = await client.getAccounts()
    check(
      accounts.some((account) => account.available_balance.value === '10000'),
      'no money',
    )
    return 'wallets'
  })
  await call('getAccount', async () => {
    const [first] = (await client.getAccounts()).accounts
    const { account } = (await client.getAccount({ account_id: first?.uuid ?? '' })) as unknown as {
      account: { uuid: string }
    }
    check(account.uuid === first?.uuid, 'another one')
    return 'one wallet'
  })
  await call('getPublicProduct, getPublicProductBook, getPublicMarketTrades', async () => {
    check((await client.getPublicProduct({ product_id: PRODUCT })).product_id === PRODUCT, 'another one')
    const { pricebook } = await client.getPublicProductBook({ product_id: PRODUCT, limit: 5 })
    check(pricebook.bids.length === 5, 'not 5 levels')
    check((await client.getPublicMarketTrades({ product_id: PRODUCT, limit: 3 })).trades.length > 0, 'no trades')
    return 'the same without a key'
  })
  await call('getTransactionSummary', async () => {
    check((await client.getTransactionSummary()).fee_tier.taker_fee_rate !== undefined, 'no fee')
    return 'fee tier and volume'
  })
  await call('getPortfolios', async () => {
    const { portfolios } = await client.getPortfolios()
    const id = portfolios[0]?.uuid ?? ''
    const { breakdown } = await client.getPortfolioBreakdown({ portfolio_uuid: id })
    check(breakdown.spot_positions.length > 0, 'nothing in it')
    return 'with its breakdown'
  })
  await call('createPortfolio, updatePortfolio, deletePortfolio', async () => {
    const { portfolio } = await client.createPortfolio({ name: 'bots' })
    await client.updatePortfolio({ portfolio_uuid: portfolio.uuid, name: 'robots' })
    const named = (await client.getPortfolios()).portfolios.find(({ uuid }) => uuid === portfolio.uuid)
    check(named?.name === 'robots', 'not renamed')
    await client.deletePortfolio({ portfolio_uuid: portfolio.uuid })
    return 'opened, renamed, gone'
  })
  await call('getPaymentMethods', async () => {
    check(Array.isArray((await client.getPaymentMethods()).payment_methods), 'no list')
    return 'none'
  })
  await call('getFuturesPositions', async () => {
    check((await client.getFuturesPositions()).positions.length === 0, 'a position')
    return 'none'
  })
}

async function trade(client: CBAdvancedTradeClient, call: Call): Promise<void> {
  const last = async () => new Decimal((await client.getProduct({ product_id: PRODUCT })).price)
  const at = async (factor: string) => (await last()).mul(factor).toFixed(0)
  const later = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
  const submit = async (side: 'BUY' | 'SELL', configuration: Configuration): Promise<string> => {
    const answer = await client.submitOrder({
      client_order_id: client.generateNewOrderId(),
      product_id: PRODUCT,
      side,
      order_configuration: configuration,
    })
    if (!answer.success || answer.success_response === undefined) throw new Error(JSON.stringify(answer))
    return answer.success_response.order_id
  }
  const statusOf = async (id: string) => (await client.getOrder({ order_id: id })).order.status
  const fills = async (side: 'BUY' | 'SELL', configuration: Configuration) => {
    const id = await submit(side, configuration)
    await until(
      () => statusOf(id),
      (status) => status === 'FILLED',
    )
    return 'filled'
  }
  const rests = async (side: 'BUY' | 'SELL', configuration: Configuration) => {
    const id = await submit(side, configuration)
    await until(
      () => statusOf(id),
      (status) => status === 'OPEN',
    )
    const { orders } = await client.getOrders({ order_status: ['OPEN'], product_ids: [PRODUCT] })
    check(
      orders.some((order) => order.order_id === id),
      'not listed as open',
    )
    const { results } = await client.cancelOrders({ order_ids: [id] })
    check(results[0]?.success === true, 'not cancelled')
    await until(
      () => statusOf(id),
      (status) => status === 'CANCELLED',
    )
    return 'listed open, cancelled'
  }
  const size = { base_size: '0.001' }

  await call('previewOrder', async () => {
    const preview = await client.previewOrder({
      product_id: PRODUCT,
      side: 'BUY',
      order_configuration: { market_market_ioc: { quote_size: '100' } },
    })
    check(preview.errs?.length === 0, 'problems')
    return 'no problems'
  })
  await call('submitOrder market_market_ioc BUY', () => fills('BUY', { market_market_ioc: { quote_size: '200' } }))
  await call('submitOrder market_market_ioc SELL', () => fills('SELL', { market_market_ioc: { base_size: '0.0003' } }))
  await call('submitOrder sor_limit_ioc', async () =>
    fills('BUY', { sor_limit_ioc: { base_size: '0.0005', limit_price: await at('1.01') } }),
  )
  await call('submitOrder limit_limit_fok', async () =>
    fills('BUY', { limit_limit_fok: { base_size: '0.0005', limit_price: await at('1.01') } }),
  )
  await call('submitOrder limit_limit_gtc', async () =>
    rests('BUY', { limit_limit_gtc: { ...size, limit_price: await at('0.9'), post_only: true } }),
  )
  await call('submitOrder limit_limit_gtd', async () =>
    rests('BUY', { limit_limit_gtd: { ...size, limit_price: await at('0.9'), end_time: later(3_600) } }),
  )
  const stop = async () => ({
    ...size,
    limit_price: await at('0.88'),
    stop_price: await at('0.9'),
    stop_direction: 'STOP_DIRECTION_STOP_DOWN' as const,
  })
  await call('submitOrder stop_limit_stop_limit_gtc', async () =>
    rests('SELL', { stop_limit_stop_limit_gtc: await stop() }),
  )
  await call('submitOrder stop_limit_stop_limit_gtd', async () =>
    rests('SELL', { stop_limit_stop_limit_gtd: { ...(await stop()), end_time: later(3_600) } }),
  )
  const bracket = async () => ({ ...size, limit_price: await at('1.1'), stop_trigger_price: await at('0.9') })
  await call('submitOrder trigger_bracket_gtc', async () => rests('SELL', { trigger_bracket_gtc: await bracket() }))
  await call('submitOrder trigger_bracket_gtd', async () =>
    rests('SELL', { trigger_bracket_gtd: { ...(await bracket()), end_time: later(3_600) } }),
  )
  await call('submitOrder twap_limit_gtd', async () =>
    rests('BUY', {
      twap_limit_gtd: {
        base_size: '0.01',
        limit_price: await at('0.9'),
        start_time: later(-1),
        end_time: later(3_600),
        number_buckets: '12',
        bucket_duration: '300s',
      } as unknown as NonNullable<Configuration['twap_limit_gtd']>,
    }),
  )
  await call('submitOrder scaled_limit_gtc', async () =>
    rests('BUY', {
      scaled_limit_gtc: {
        base_size: '0.01',
        num_orders: 5,
        min_price: await at('0.85'),
        max_price: await at('0.9'),
        price_distribution: 'FLAT',
        size_distribution: 'EVENLY_SPLIT',
      },
    }),
  )
  await call('submitOrder with attached_order_configuration', async () => {
    const { success, success_response, error_response } = await client.submitOrder({
      client_order_id: client.generateNewOrderId(),
      product_id: PRODUCT,
      side: 'BUY',
      order_configuration: { sor_limit_ioc: { base_size: '0.0005', limit_price: await at('1.01') } },
      attached_order_configuration: {
        trigger_bracket_gtc: { limit_price: await at('1.1'), stop_trigger_price: await at('0.9') },
      },
    } as Parameters<CBAdvancedTradeClient['submitOrder']>[0])
    check(success, JSON.stringify(error_response))
    const children = await until(
      async () => {
        const { orders } = await client.getOrders({ order_status: ['OPEN'], product_ids: [PRODUCT] })
        return orders.filter(
          (order) =>
            (order as unknown as { originating_order_id: string }).originating_order_id === success_response?.order_id,
        )
      },
      (found) => found.length === 1,
    )
    const [child] = children
    check(child?.side === 'SELL', 'not the other way')
    await client.cancelOrders({ order_ids: [child?.order_id ?? ''] })
    return 'filled, its take profit and stop listed open, cancelled'
  })
  await call('updateOrder', async () => {
    const price = await at('0.9')
    const id = await submit('BUY', { limit_limit_gtc: { ...size, limit_price: price } })
    await until(
      () => statusOf(id),
      (status) => status === 'OPEN',
    )
    const edit = { order_id: id, price: String(Number(price) - 5), size: '0.0008' }
    await client.updateOrderPreview(edit)
    const answer = await client.updateOrder(edit)
    check(answer.success, JSON.stringify(answer))
    await until(
      async () => (await client.getOrder({ order_id: id })).order.order_configuration.limit_limit_gtc?.limit_price,
      (now) => now === edit.price,
    )
    await client.cancelOrders({ order_ids: [id] })
    return 'previewed, price and size changed'
  })
  await call('getOrders', async () => {
    const { orders } = await client.getOrders({ product_ids: [PRODUCT], limit: 3 })
    check(orders.length === 3, 'page not honoured')
    return 'a page'
  })
  await call('refusal: no money', async () => {
    const answer = await client.submitOrder({
      client_order_id: client.generateNewOrderId(),
      product_id: 'ETH-USD',
      side: 'SELL',
      order_configuration: { market_market_ioc: { base_size: '1' } },
    })
    check(!answer.success, 'was taken')
    return 'success false, with the reason'
  })
  await call('closePosition', async () => {
    const answer = await client.closePosition({ client_order_id: client.generateNewOrderId(), product_id: PRODUCT })
    check(!answer.success, 'closed what is not there')
    return 'refused: there is no position'
  })
}

interface SeenFrame {
  readonly channel: string
  readonly events: readonly {
    readonly type?: string
    readonly orders?: readonly { client_order_id: string; status: string }[]
  }[]
}

interface Acknowledgement {
  readonly events?: readonly { readonly subscriptions?: Readonly<Record<string, readonly string[]>> }[]
}

async function watch(client: CBAdvancedTradeClient, socket: WebsocketClient, call: Call): Promise<void> {
  const frames: SeenFrame[] = []
  socket.on('update', (frame: unknown) => frames.push(frame as SeenFrame))
  const responses: Acknowledgement[] = []
  socket.on('response', (frame: unknown) => responses.push(frame as Acknowledgement))
  socket.on('exception', () => {})
  const seen = (channel: string, isWanted: (frame: SeenFrame) => boolean = () => true) =>
    until(
      async () => frames.some((frame) => frame.channel === channel && isWanted(frame)),
      (is) => is,
    )
  const channels = [
    ['heartbeats', 'heartbeats'],
    ['ticker', 'ticker'],
    ['ticker_batch', 'ticker_batch'],
    ['level2', 'l2_data'],
    ['market_trades', 'market_trades'],
    ['candles', 'candles'],
    ['status', 'status'],
  ] as const
  for (const [topic, channel] of channels) {
    await call(`subscribe ${topic}`, async () => {
      const request = topic === 'heartbeats' ? topic : { topic, payload: { product_ids: [PRODUCT] } }
      socket.subscribe(request, 'advTradeMarketData')
      await seen(channel)
      if (topic === 'level2') await seen(channel, (frame) => frame.events[0]?.type === 'update')
      return topic === 'level2' ? 'snapshot and updates' : 'frames'
    })
  }
  await call('unsubscribe ticker', async () => {
    socket.unsubscribe({ topic: 'ticker', payload: { product_ids: [PRODUCT] } }, 'advTradeMarketData')
    await until(
      async () => responses.at(-1)?.events?.[0]?.subscriptions,
      (left) => left !== undefined && !('ticker' in left) && 'level2' in left,
    )
    return 'acknowledged, the others stay'
  })
  await call('subscribe user', async () => {
    socket.subscribe('user', 'advTradeUserData')
    await seen('user')
    const id = client.generateNewOrderId()
    const { price } = await client.getProduct({ product_id: PRODUCT })
    const answer = await client.submitOrder({
      client_order_id: id,
      product_id: PRODUCT,
      side: 'BUY',
      order_configuration: {
        limit_limit_gtc: { base_size: '0.001', limit_price: new Decimal(price).mul('0.9').toFixed(0) },
      },
    })
    const has = (status: string) => (frame: SeenFrame) =>
      frame.events.some((event) =>
        event.orders?.some((order) => order.client_order_id === id && order.status === status),
      )
    await seen('user', has('OPEN'))
    await client.cancelOrders({ order_ids: [answer.success_response?.order_id ?? ''] })
    await seen('user', has('CANCELLED'))
    return 'open, then cancelled'
  })
}

async function add(client: CBAdvancedTradeClient, call: Call): Promise<void> {
  await call('getFills = getAccounts', async () => {
    const { fills } = await client.getFills({ product_ids: [PRODUCT] })
    const { accounts } = await client.getAccounts()
    checkFillsAgainstWallets(fills as readonly RawFill[], accounts)
    return 'fills add up to the balances, to the last digit; nothing is held'
  })
}
