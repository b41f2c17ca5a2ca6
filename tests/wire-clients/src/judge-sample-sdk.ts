import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { Decimal } from '@tidegate/trading-model'
import { checkFillsAgainstWallets } from './add-up.js'
import type { ExchangeAddress } from './exchange.js'
import { installedVersion } from './installed-version.js'
import { check, createJudge, type Row, until } from './judge.js'

/** Its manifest names no entry, so it is loaded by file; its base package has to be installed beside it. */
const PACKAGE = '@coinbase-sample/advanced-trade-sdk-ts'
const ENTRY = `${PACKAGE}/dist/index.js`
const PRODUCT = 'BTC-USD'

type Call = (request: object) => Promise<unknown>
type Service<Verbs extends string> = Readonly<Record<Verbs, Call>>

/** As much of Coinbase's own TypeScript sample SDK as is called here; its types are models of one generation, not of answers. */
interface Sdk {
  readonly CoinbaseAdvTradeCredentials: new (key: string, secret: string) => object
  readonly CoinbaseAdvTradeClient: new (credentials: object, apiBasePath: string) => object
  readonly AccountsService: new (client: object) => Service<'listAccounts' | 'getAccount'>
  readonly ProductsService: new (
    client: object,
  ) => Service<
    'listProducts' | 'getProduct' | 'getBestBidAsk' | 'getProductBook' | 'getProductCandles' | 'getProductMarketTrades'
  >
  readonly OrdersService: new (
    client: object,
  ) => Service<
    | 'createOrder'
    | 'createOrderPreview'
    | 'editOrder'
    | 'editOrderPreview'
    | 'cancelOrders'
    | 'getOrder'
    | 'listOrders'
    | 'listFills'
  >
  readonly FeesService: new (client: object) => Service<'getTransactionSummary'>
  readonly DataService: new (client: object) => Service<'getAPIKeyPermissions'>
  readonly PortfoliosService: new (client: object) => Service<'listPortfolios' | 'getPortfolio'>
  readonly PaymentMethodsService: new (client: object) => Service<'listPaymentMethods'>
  readonly PublicService: new (client: object) => Service<'getServerTime' | 'getProduct'>
}

interface Order {
  readonly orderId: string
  readonly status: string
  readonly orderConfiguration: { readonly limitLimitGtc?: { readonly limitPrice: string } }
}
interface Fill {
  readonly price: string
  readonly size: string
  readonly side: string
  readonly commission: string
  readonly sizeInQuote: boolean
}

/** The whole loop over REST with Coinbase's own TypeScript sample SDK, unmodified; it has no sockets. */
export async function judgeSampleSdk(exchange: ExchangeAddress): Promise<readonly Row[]> {
  const sdk = createRequire(import.meta.url)(ENTRY) as Sdk
  const judge = createJudge('advanced-trade-sdk-ts', installedVersion(PACKAGE, ENTRY))
  const credentials = new sdk.CoinbaseAdvTradeCredentials(exchange.keyName, exchange.privateKeyPem)
  const client = new sdk.CoinbaseAdvTradeClient(credentials, `${exchange.rest}/api/v3/brokerage/`)
  await quote(sdk, client, judge.call)
  await trade(new sdk.OrdersService(client), new sdk.ProductsService(client), judge.call)
  await add(new sdk.OrdersService(client), new sdk.AccountsService(client), judge.call)
  return judge.rows
}

type Try = ReturnType<typeof createJudge>['call']

async function quote(sdk: Sdk, client: object, call: Try): Promise<void> {
  const products = new sdk.ProductsService(client)
  const end = Math.floor(Date.now() / 1_000)
  const has = (answer: unknown, field: string) => {
    const list = (answer as Readonly<Record<string, unknown>>)[field]
    check(Array.isArray(list), `no ${field}`)
    return list as readonly unknown[]
  }
  await call('getServerTime', async () => {
    const time = (await new sdk.PublicService(client).getServerTime({})) as { epochMillis: string }
    check(Number(time.epochMillis) > 0, 'no time')
    return 'ms since epoch'
  })
  await call('listProducts', async () => {
    check(has(await products.listProducts({ productIds: [PRODUCT] }), 'products').length === 1, 'filter not honoured')
    return 'those asked for'
  })
  await call('getProduct', async () => {
    check(((await products.getProduct({ productId: PRODUCT })) as { productId: string }).productId === PRODUCT, 'other')
    return 'increments and limits'
  })
  await call('getBestBidAsk', async () => {
    check(has(await products.getBestBidAsk({ productIds: [PRODUCT] }), 'pricebooks').length === 1, 'not one')
    return 'of the product asked for'
  })
  await call('getProductBook', async () => {
    const { pricebook } = (await products.getProductBook({ productId: PRODUCT, limit: 20 })) as {
      pricebook: { bids: unknown[] }
    }
    check(pricebook.bids.length === 20, 'not 20 levels')
    return '20 levels a side'
  })
  await call('getProductCandles', async () => {
    const span = { start: String(end - 3_600), end: String(end), granularity: 'ONE_MINUTE' }
    check(has(await products.getProductCandles({ productId: PRODUCT, ...span }), 'candles').length > 10, 'too few')
    return 'minute candles'
  })
  await call('getProductMarketTrades', async () => {
    check(has(await products.getProductMarketTrades({ productId: PRODUCT, limit: 10 }), 'trades').length > 0, 'none')
    return 'public trades'
  })
  await call('listAccounts', async () => {
    check(has(await new sdk.AccountsService(client).listAccounts({}), 'accounts').length > 0, 'none')
    return 'wallets'
  })
  await call('getTransactionSummary', async () => {
    const { feeTier } = (await new sdk.FeesService(client).getTransactionSummary({})) as { feeTier: object }
    check('takerFeeRate' in feeTier, 'no rate')
    return 'fee tier and volume'
  })
  await call('getAPIKeyPermissions', async () => {
    const may = (await new sdk.DataService(client).getAPIKeyPermissions({})) as { canTrade: boolean }
    check(may.canTrade, 'may not trade')
    return 'may view and trade, not transfer'
  })
  await call('listPortfolios', async () => {
    check(has(await new sdk.PortfoliosService(client).listPortfolios({}), 'portfolios').length === 1, 'not one')
    return 'the default portfolio'
  })
  await call('listPaymentMethods', async () => {
    check(
      has(await new sdk.PaymentMethodsService(client).listPaymentMethods({}), 'paymentMethods').length === 0,
      'some',
    )
    return 'none'
  })
}

async function trade(
  orders: InstanceType<Sdk['OrdersService']>,
  products: InstanceType<Sdk['ProductsService']>,
  call: Try,
): Promise<void> {
  const at = async (factor: string) => {
    const { price } = (await products.getProduct({ productId: PRODUCT })) as { price: string }
    return new Decimal(price).mul(factor).toFixed(0)
  }
  const later = () => new Date(Date.now() + 3_600_000).toISOString()
  const place = async (side: string, orderConfiguration: object): Promise<string> => {
    const answer = (await orders.createOrder({
      clientOrderId: randomUUID(),
      productId: PRODUCT,
      side,
      orderConfiguration,
    })) as { success: boolean; successResponse?: { orderId: string } }
    if (!answer.success || !answer.successResponse) throw new Error(JSON.stringify(answer))
    return answer.successResponse.orderId
  }
  const get = async (orderId: string) => ((await orders.getOrder({ orderId })) as { order: Order }).order
  const becomes = (id: string, status: string) =>
    until(
      () => get(id),
      (order) => order.status === status,
    )
  const fills = async (side: string, configuration: object) => {
    await becomes(await place(side, configuration), 'FILLED')
    return 'filled'
  }
  const rests = async (side: string, configuration: object) => {
    const id = await place(side, configuration)
    await becomes(id, 'OPEN')
    const listed = (await orders.listOrders({ orderStatus: ['OPEN'], productIds: [PRODUCT] })) as { orders: Order[] }
    check(
      listed.orders.some((order) => order.orderId === id),
      'not listed as open',
    )
    await orders.cancelOrders({ orderIds: [id] })
    await becomes(id, 'CANCELLED')
    return 'listed open, cancelled'
  }
  await call('createOrderPreview', async () => {
    const preview = (await orders.createOrderPreview({
      productId: PRODUCT,
      side: 'BUY',
      orderConfiguration: { marketMarketIoc: { quoteSize: '100' } },
    })) as { errs: unknown[] }
    check(preview.errs.length === 0, 'problems')
    return 'no problems'
  })
  await call('createOrder marketMarketIoc BUY', () => fills('BUY', { marketMarketIoc: { quoteSize: '200' } }))
  await call('createOrder marketMarketIoc SELL', () => fills('SELL', { marketMarketIoc: { baseSize: '0.0003' } }))
  await call('createOrder sorLimitIoc', async () =>
    fills('BUY', { sorLimitIoc: { baseSize: '0.0005', limitPrice: await at('1.01') } }),
  )
  await call('createOrder limitLimitFok', async () =>
    fills('BUY', { limitLimitFok: { baseSize: '0.0005', limitPrice: await at('1.01') } }),
  )
  await call('createOrder limitLimitGtc', async () =>
    rests('BUY', { limitLimitGtc: { baseSize: '0.001', limitPrice: await at('0.9'), postOnly: true } }),
  )
  await call('createOrder limitLimitGtd', async () =>
    rests('BUY', { limitLimitGtd: { baseSize: '0.001', limitPrice: await at('0.9'), endTime: later() } }),
  )
  await call('createOrder stopLimitStopLimitGtc', async () =>
    rests('SELL', {
      stopLimitStopLimitGtc: {
        baseSize: '0.001',
        limitPrice: await at('0.88'),
        stopPrice: await at('0.9'),
        stopDirection: 'STOP_DIRECTION_STOP_DOWN',
      },
    }),
  )
  await call('createOrder triggerBracketGtc', async () =>
    rests('SELL', {
      triggerBracketGtc: { baseSize: '0.001', limitPrice: await at('1.1'), stopTriggerPrice: await at('0.9') },
    }),
  )
  await call('editOrder', async () => {
    const price = await at('0.9')
    const id = await place('BUY', { limitLimitGtc: { baseSize: '0.001', limitPrice: price } })
    await becomes(id, 'OPEN')
    const edit = { orderId: id, price: new Decimal(price).sub(5).toFixed(), size: '0.0008' }
    await orders.editOrderPreview(edit)
    await orders.editOrder(edit)
    await until(
      () => get(id),
      (order) => order.orderConfiguration.limitLimitGtc?.limitPrice === edit.price,
    )
    await orders.cancelOrders({ orderIds: [id] })
    await becomes(id, 'CANCELLED')
    return 'previewed, price and size changed'
  })
}

async function add(
  orders: InstanceType<Sdk['OrdersService']>,
  wallets: InstanceType<Sdk['AccountsService']>,
  call: Try,
): Promise<void> {
  await call('listFills = listAccounts', async () => {
    const { fills } = (await orders.listFills({ productIds: [PRODUCT] })) as { fills: Fill[] }
    const { accounts } = (await wallets.listAccounts({})) as {
      accounts: { currency: string; availableBalance: { value: string }; hold: { value: string } }[]
    }
    checkFillsAgainstWallets(
      fills.map(({ sizeInQuote, ...fill }) => ({ ...fill, size_in_quote: sizeInQuote })),
      accounts.map(({ availableBalance, ...account }) => ({ ...account, available_balance: availableBalance })),
    )
    return 'fills add up to the balances, to the last digit; nothing is held'
  })
}
