import * as wire from '@tidegate/coinbase-wire'
import { ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import { CountingIds, FakeTime, MemoryLog } from '@tidegate/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { ed25519Key, testClient } from '../testing/test-client.js'

const name = 'organizations/11111111-1111-4111-8111-111111111111/apiKeys/22222222-2222-4222-8222-222222222222'
const nothing = '00000000-0000-4000-8000-000000000000'

let exchange: PaperExchange
let owner: ReturnType<typeof testClient>
let viewer: ReturnType<typeof testClient>
/** What placeholders stand for; filled once the exchange is there. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  const time = new FakeTime()
  const prices = handPrices()
  exchange = await createPaperExchange({
    clock: time,
    timers: time,
    ids: new CountingIds(),
    log: new MemoryLog(),
    prices: prices.source,
    rateLimits: 'off',
  })
  prices.show([
    ['bid', '99', '50'],
    ['ask', '101', '50'],
  ])
  prices.trade('100', '0.1', 'BUY', time.nowMs())
  const keys = { owner: ed25519Key(name), viewer: ed25519Key(`${name}-viewer`) }
  const add = ({ key, publicKey }: typeof keys.owner, may: boolean) =>
    exchange.addKey({ name: key.name, publicKey, canView: true, canTrade: may, canTransfer: may })
  add(keys.owner, true)
  add(keys.viewer, false)
  owner = testClient(exchange, () => time.nowMs(), keys.owner.key)
  viewer = testClient(exchange, () => time.nowMs(), keys.viewer.key)
  const resting = { limit_limit_gtc: { base_size: '1', limit_price: '90' } }
  const order = { product_id: 'BTC-USD', side: 'BUY' }
  await owner.post('/orders', {
    ...order,
    client_order_id: 'a',
    order_configuration: { market_market_ioc: { quote_size: '100' } },
  })
  const placed = await owner.post('/orders', { ...order, client_order_id: 'b', order_configuration: resting })
  const { portfolio } = (await owner.post('/portfolios', { name: 'second' })).json
  const [account] = (await owner.get('/accounts')).json.accounts
  const [transaction] = (await owner.get(`/v2/accounts/${account.uuid}/transactions`)).json.data
  Object.assign(ids, {
    account_uuid: account.uuid,
    account_id: account.uuid,
    transaction_id: transaction.id,
    product_id: 'BTC-USD',
    order_id: placed.json.order_id,
    portfolio_uuid: portfolio.uuid,
    currency_pair: 'BTC-USD',
    price_type: 'spot',
  })
})

afterAll(() => exchange.close())

const order = {
  product_id: 'BTC-USD',
  side: 'BUY',
  order_configuration: { limit_limit_gtc: { base_size: '1', limit_price: '80' } },
}
const span = '?start=1700000000&end=1700003600&granularity=ONE_MINUTE'

interface Expected {
  /** Of the answer to a good request; `refused` where there is nothing that could be answered well: the status and the word. */
  readonly answer: z.ZodType | { readonly refused: number; readonly word: string }
  readonly query?: string
  readonly body?: () => unknown
}

const badRequest = { refused: 400, word: 'INVALID_ARGUMENT' }
const v3Missing = { refused: 404, word: 'NOT_FOUND' }
const v2Missing = { refused: 404, word: 'not_found' }
const v2Refused = { refused: 400, word: 'invalid_request' }

/** In the order of the reference; the last ones change or delete what the first ones look at. */
const table: Readonly<Record<EndpointName, Expected>> = {
  listAccounts: { answer: wire.listAccountsResponseSchema },
  getAccount: { answer: wire.getAccountResponseSchema },
  listProducts: { answer: wire.listProductsResponseSchema, query: '?limit=2&get_all_products=False' },
  getProduct: { answer: wire.productSchema },
  getProductBook: { answer: wire.productBookResponseSchema, query: '?product_id=BTC-USD&limit=5' },
  getBestBidAsk: { answer: wire.bestBidAskResponseSchema, query: '?product_ids=BTC-USD&product_ids=ETH-USD' },
  getCandles: { answer: wire.candlesResponseSchema, query: span },
  getMarketTrades: { answer: wire.marketTradesResponseSchema, query: '?limit=5' },
  listPublicProducts: { answer: wire.listProductsResponseSchema },
  getPublicProduct: { answer: wire.productSchema },
  getPublicProductBook: { answer: wire.productBookResponseSchema, query: '?product_id=BTC-USD' },
  getPublicCandles: { answer: wire.candlesResponseSchema, query: span },
  getPublicMarketTrades: { answer: wire.marketTradesResponseSchema, query: '?limit=5' },
  getServerTime: { answer: wire.serverTimeResponseSchema },
  createOrder: { answer: wire.createOrderResponseSchema, body: () => ({ ...order, client_order_id: 'c' }) },
  previewOrder: { answer: wire.previewOrderResponseSchema, body: () => order },
  editOrder: {
    answer: wire.editOrderResponseSchema,
    body: () => ({ order_id: ids['order_id'], price: '91', size: '1' }),
  },
  previewEdit: {
    answer: wire.editPreviewResponseSchema,
    body: () => ({ order_id: ids['order_id'], price: '92', size: '1' }),
  },
  cancelOrders: { answer: wire.cancelOrdersResponseSchema, body: () => ({ order_ids: [nothing] }) },
  closePosition: {
    answer: wire.createOrderResponseSchema,
    body: () => ({ client_order_id: 'd', product_id: 'BTC-USD' }),
  },
  listOrders: { answer: wire.listOrdersResponseSchema, query: '?order_status=OPEN&product_id=BTC-USD&limit=100' },
  listFills: { answer: wire.listFillsResponseSchema, query: '?product_ids[]=BTC-USD' },
  getOrder: { answer: wire.getOrderResponseSchema },
  listPortfolios: { answer: wire.listPortfoliosResponseSchema },
  createPortfolio: { answer: wire.portfolioResponseSchema, body: () => ({ name: 'third' }) },
  getPortfolio: { answer: wire.portfolioBreakdownResponseSchema },
  renamePortfolio: { answer: wire.portfolioResponseSchema, body: () => ({ name: 'renamed' }) },
  moveFunds: {
    answer: wire.moveFundsResponseSchema,
    body: () => ({
      funds: { value: '0.01', currency: 'USDC' },
      source_portfolio_uuid: exchange.portfolioId,
      target_portfolio_uuid: ids['portfolio_uuid'],
    }),
  },
  // What was moved there a moment ago keeps it from being deleted.
  deletePortfolio: { answer: badRequest },
  getTransactionSummary: { answer: wire.transactionSummaryResponseSchema },
  createConvertQuote: { answer: badRequest, body: () => ({ from_account: 'a', to_account: 'b', amount: '1' }) },
  getConvertTrade: { answer: v3Missing },
  commitConvertTrade: { answer: v3Missing, body: () => ({ from_account: 'a', to_account: 'b' }) },
  getFuturesBalanceSummary: { answer: wire.futuresBalanceSummaryResponseSchema },
  listFuturesPositions: { answer: wire.listFuturesPositionsResponseSchema },
  getFuturesPosition: { answer: v3Missing },
  listFuturesSweeps: { answer: wire.listFuturesSweepsResponseSchema },
  scheduleFuturesSweep: { answer: badRequest, body: () => ({ usd_amount: '1' }) },
  cancelFuturesSweep: { answer: badRequest },
  getIntradayMarginSetting: { answer: wire.intradayMarginSettingResponseSchema },
  setIntradayMarginSetting: { answer: badRequest, body: () => ({ setting: 'INTRADAY_MARGIN_SETTING_STANDARD' }) },
  getCurrentMarginWindow: { answer: wire.currentMarginWindowResponseSchema },
  allocatePortfolio: { answer: badRequest, body: () => ({ portfolio_uuid: nothing }) },
  getPerpetualPortfolio: { answer: wire.perpetualPortfolioResponseSchema },
  listPerpetualPositions: { answer: wire.listPerpetualPositionsResponseSchema },
  getPerpetualPosition: { answer: v3Missing },
  listPerpetualBalances: { answer: wire.perpetualBalancesResponseSchema },
  setMultiAssetCollateral: { answer: badRequest, body: () => ({ portfolio_uuid: nothing }) },
  listPaymentMethods: { answer: wire.listPaymentMethodsResponseSchema },
  getPaymentMethod: { answer: v3Missing },
  getKeyPermissions: { answer: wire.keyPermissionsResponseSchema },
  listV2Accounts: { answer: wire.v2AccountsResponseSchema, query: '?limit=100' },
  getV2Account: { answer: wire.v2AccountResponseSchema },
  listV2Transactions: { answer: wire.v2TransactionsResponseSchema },
  getV2Transaction: { answer: wire.v2LedgerRowResponseSchema },
  sendV2Money: { answer: v2Refused, body: () => ({ type: 'send', to: 'x', amount: '1', currency: 'USD' }) },
  listV2Deposits: { answer: wire.v2TransactionsResponseSchema },
  getV2Deposit: { answer: v2Missing },
  createV2Deposit: { answer: v2Refused, body: () => ({ amount: '1' }) },
  commitV2Deposit: { answer: v2Refused, body: () => ({}) },
  listV2Withdrawals: { answer: wire.v2TransactionsResponseSchema },
  getV2Withdrawal: { answer: v2Missing },
  createV2Withdrawal: { answer: v2Refused, body: () => ({ amount: '1' }) },
  commitV2Withdrawal: { answer: v2Refused, body: () => ({}) },
  listV2Addresses: { answer: wire.v2TransactionsResponseSchema },
  getV2Address: { answer: v2Missing },
  createV2Address: { answer: v2Refused, body: () => ({}) },
  listV2AddressTransactions: { answer: v2Missing },
  listV2Currencies: { answer: wire.v2CurrenciesResponseSchema },
  listV2CryptoCurrencies: { answer: wire.v2CryptoCurrenciesResponseSchema },
  getV2ExchangeRates: { answer: wire.v2ExchangeRatesResponseSchema, query: '?currency=USD' },
  getV2Price: { answer: wire.v2PriceResponseSchema },
  getV2Time: { answer: wire.v2TimeResponseSchema },
}

const names = Object.keys(table) as EndpointName[]
const pathOf = (endpoint: EndpointName, known: Record<string, string> = ids) =>
  ENDPOINTS[endpoint].path.replace(/\{(\w+)\}/g, (_whole, key: string) => known[key] ?? nothing)
const wordOf = (json: { error?: string; errors?: { id: string }[] } | undefined) => json?.error ?? json?.errors?.[0]?.id

describe('every endpoint', () => {
  it.each(names)('%s answers as its schema says', async (endpoint) => {
    const { answer, query = '', body } = table[endpoint]
    const reply = await owner.send(ENDPOINTS[endpoint].method, `${pathOf(endpoint)}${query}`, body?.())
    expect(reply.headers.get('content-type')).toContain('application/json')
    if ('refused' in answer) {
      expect([reply.status, wordOf(reply.json)]).toEqual([answer.refused, answer.word])
      return
    }
    expect(reply.status, reply.text).toBe(200)
    const read = answer.safeParse(reply.json)
    expect(read.error?.issues ?? []).toEqual([])
  })

  it.each(names)('%s does the same for a client that sends what nobody asked for', async (endpoint) => {
    const { answer, query = '', body } = table[endpoint]
    if (ENDPOINTS[endpoint].method !== 'GET' || 'refused' in answer) return
    const odd = `${pathOf(endpoint)}${query}${query ? '&' : '?'}unknown_parameter=1`
    // fetch sends no body with a GET; the unknown parameter and header have to do.
    expect((await owner.send('GET', odd, undefined, { 'cb-version': '2018-05-30' })).status).toBe(200)
    expect(body).toBeUndefined()
  })

  it.each(names)('%s lets nobody in without a key that may', async (endpoint) => {
    const { method, permission } = ENDPOINTS[endpoint]
    const { query = '', body } = table[endpoint]
    const text = body ? JSON.stringify(body()) : undefined
    const bare = await exchangeFetch(method, `${pathOf(endpoint)}${query}`, text)
    if (permission === 'public') {
      expect(bare.status).toBe(200)
      return
    }
    expect([bare.status, bare.text]).toEqual([401, 'Unauthorized'])
    if (permission !== 'trade' && permission !== 'transfer') return
    const reply = await viewer.send(method, pathOf(endpoint), body?.())
    expect(reply.status).toBe(403)
    expect(reply.text).toContain(
      ENDPOINTS[endpoint].path.startsWith('/v2/') ? '"invalid_scope"' : '"error_details":"Missing required scopes"',
    )
  })

  it.each(names.filter((endpoint) => table[endpoint].body))('%s refuses a body that is no JSON', async (endpoint) => {
    const reply = await owner.send(ENDPOINTS[endpoint].method, pathOf(endpoint), '{"cut')
    expect(reply.status).toBe(400)
    expect(wordOf(reply.json)).toMatch(/^(INVALID_ARGUMENT|invalid_request)$/)
  })

  it.each(
    names.filter((endpoint) =>
      /\{(account|product|order|portfolio|transaction|currency)_/.test(ENDPOINTS[endpoint].path),
    ),
  )('%s knows nothing of what is not there', async (endpoint) => {
    const reply = await owner.send(ENDPOINTS[endpoint].method, pathOf(endpoint, {}), table[endpoint].body?.())
    const { answer } = table[endpoint]
    // Derivatives have no portfolio to look for: their empties are the same for every id.
    if (ENDPOINTS[endpoint].path.includes('/intx/') && !('refused' in answer)) expect(reply.status).toBe(200)
    else expect(reply.status).toBe(404)
    if (reply.status === 404) expect(wordOf(reply.json)).toMatch(/^(NOT_FOUND|unknown|not_found)$/)
  })
})

async function exchangeFetch(method: string, path: string, body: string | undefined) {
  return owner.open(path, { method, ...(body === undefined ? {} : { body }) })
}

describe('a request that makes no sense', () => {
  it.each([
    ['/accounts?limit=many', 'limit'],
    ['/accounts?cursor=what', 'cursor'],
    ['/products?cursor=what', 'cursor'],
    ['/orders/historical/batch?order_status=OPEN&order_status=FILLED', 'OPEN'],
    ['/orders/historical/batch?start_date=yesterday', 'start_date'],
    ['/products/BTC-USD/candles?start=0&end=1&granularity=UNKNOWN_GRANULARITY', 'granularity'],
    ['/products/BTC-USD/candles?start=0&end=21060&granularity=ONE_MINUTE', '350'],
    ['/product_book?product_id=BTC-USD&aggregation_price_increment=-1', 'aggregation_price_increment'],
  ])('%s is a 400 that names what is wrong', async (path, named) => {
    const { status, json } = await owner.get(path)
    expect([status, json.error]).toEqual([400, 'INVALID_ARGUMENT'])
    expect(json.message).toContain(named)
    expect(json.error_details).toBe(json.message)
  })

  it('to a path that nobody serves is a 404 in the words of its interface', async () => {
    expect((await owner.get('/nowhere')).json).toEqual({
      error: 'unknown',
      error_details: 'Not Found',
      message: 'Not Found',
    })
    expect((await owner.get('/v2/nowhere')).json).toEqual({ errors: [{ id: 'not_found', message: 'Not found' }] })
  })
})

describe('lists', () => {
  it('are filtered by time in force, type and asset, and page both ways', async () => {
    const count = async (query: string) => (await owner.get(`/orders/historical/batch?${query}`)).json.orders.length
    expect(await count('time_in_forces=IMMEDIATE_OR_CANCEL')).toBe(1)
    expect(await count('asset_filters=ETH')).toBe(0)
    expect((await owner.get('/orders/historical/fills?order_types=LIMIT')).json.fills).toEqual([])
    expect((await owner.get('/orders/historical/fills?order_types=MARKET')).json.fills).toHaveLength(1)
    const first = (await owner.get('/products?limit=2')).json
    const second = (await owner.get(`/products?limit=2&cursor=${first.pagination.next_cursor}`)).json
    expect(first.pagination).toMatchObject({ has_prev: false, prev_cursor: '', has_next: true })
    expect(second.pagination).toMatchObject({ has_prev: true })
    const back = (await owner.get(`/products?limit=2&cursor=${second.pagination.prev_cursor}`)).json
    expect(back.products).toEqual(first.products)
  })

  it('of v2 page in both orders without losing or repeating a row', async () => {
    for (const order of ['desc', 'asc']) {
      const seen: string[] = []
      for (let next: string | null = `/v2/accounts/USD/transactions?limit=1&order=${order}`; next; ) {
        const page: { data: { id: string }[]; pagination: { next_uri: string | null } } = (await owner.get(next)).json
        seen.push(...page.data.map(({ id }) => id))
        next = page.pagination.next_uri?.replace(ids['account_id'] ?? '', 'USD') ?? null
      }
      const all = (await owner.get('/v2/accounts/USD/transactions')).json.data.map((row: { id: string }) => row.id)
      expect(seen).toEqual(order === 'asc' ? all.reverse() : all)
    }
  })
})
