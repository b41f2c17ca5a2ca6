import { createRequire } from 'node:module'
import type { pro } from 'ccxt'
import { checkFillsAgainstWallets, type RawAccount, type RawFill } from './add-up.js'
import type { ExchangeAddress } from './exchange.js'
import { installedVersion } from './installed-version.js'
import { check, createJudge, type Row, until } from './judge.js'

// ccxt's ESM build pulls in every exchange; its CommonJS build loads lazily enough.
const ccxt = createRequire(import.meta.url)('ccxt') as typeof import('ccxt')
type Client = InstanceType<typeof pro.coinbase>

const MARKET = 'BTC/USD'

/** ccxt's own Coinbase client, unmodified; only the addresses and two documented options (coinbase-api §15.2). */
function connect(exchange: ExchangeAddress): Client {
  return new ccxt.pro.coinbase({
    apiKey: exchange.keyName,
    secret: exchange.privateKeyPem,
    urls: { api: { rest: exchange.rest, ws: exchange.ws } },
    options: { fetchBalance: 'v3PrivateGetBrokerageAccounts', fetchTime: 'v3PublicGetBrokerageTime' },
  })
}

/** The whole loop with ccxt: load, quote, every order type, events, cancel, list, fills against balances. */
export async function judgeCcxt(exchange: ExchangeAddress): Promise<readonly Row[]> {
  const judge = createJudge('ccxt', installedVersion('ccxt'))
  const client = connect(exchange)
  // Only its plain sockets need one.
  if (exchange.ws.startsWith('ws:')) await client.loadHttpProxyAgent()
  const { call } = judge
  await quote(client, call)
  await trade(client, call)
  await watch(client, call)
  await add(client, call)
  await client.close()
  return judge.rows
}

type Call = ReturnType<typeof createJudge>['call']

async function quote(client: Client, call: Call): Promise<void> {
  await call('fetchTime', async () => {
    check(((await client.fetchTime()) ?? 0) > 1_600_000_000_000, 'no time')
    return 'ms since epoch'
  })
  await call('loadMarkets', async () => {
    const markets = await client.loadMarkets()
    check(markets[MARKET]?.precision.amount === 1e-8, 'no increment')
    return 'markets with increments and fees'
  })
  await call('fetchCurrencies', async () => {
    check(Object.keys((await client.fetchCurrencies()) ?? {}).includes('BTC'), 'no BTC')
    return 'BTC among them'
  })
  await call('fetchTicker', async () => {
    const ticker = await client.fetchTicker(MARKET)
    check((ticker.bid ?? 0) < (ticker.ask ?? 0), 'bid not below ask')
    return 'bid below ask'
  })
  await call('fetchTickers', async () => {
    check(Object.keys(await client.fetchTickers()).length >= 4, 'too few')
    return 'every product'
  })
  await call('fetchBidsAsks', async () => {
    check(Object.keys(await client.fetchBidsAsks([MARKET])).includes(MARKET), 'not there')
    return 'best bid and ask'
  })
  await call('fetchOrderBook', async () => {
    const { bids, asks } = await client.fetchOrderBook(MARKET, 20)
    check(bids.length === 20 && asks.length === 20, 'not 20 levels')
    return '20 levels a side'
  })
  await call('fetchOHLCV', async () => {
    check((await client.fetchOHLCV(MARKET, '1m', undefined, 30)).length > 10, 'too few candles')
    return 'minute candles'
  })
  await call('fetchTrades', async () => {
    check((await client.fetchTrades(MARKET, undefined, 10)).length > 0, 'no trades')
    return 'public trades'
  })
  await call('fetchBalance', async () => {
    const balance = await client.fetchBalance()
    check(balance['USD']?.total === 10_000, 'not 10000 USD')
    return 'free, used, total'
  })
  await call('fetchAccounts', async () => {
    check((await client.fetchAccounts()).length > 0, 'no accounts')
    return 'wallets'
  })
  await call('fetchPortfolios', async () => {
    check((await client.fetchPortfolios()).length > 0, 'no portfolios')
    return 'the default portfolio'
  })
  await call('fetchTradingFees', async () => {
    check((await client.fetchTradingFees())[MARKET]?.taker !== undefined, 'no fees')
    return 'maker and taker'
  })
  await call('fetchDepositMethodIds', async () => {
    check(Array.isArray(await client.fetchDepositMethodIds()), 'no list')
    return 'no payment methods'
  })
}

async function trade(client: Client, call: Call): Promise<void> {
  const price = async () => (await client.fetchTicker(MARKET)).last ?? 0
  const placed = async (...args: Parameters<Client['createOrder']>) => String((await client.createOrder(...args)).id)
  const closed = (id: string) =>
    until(
      () => client.fetchOrder(id),
      (order) => order.status === 'closed' || order.status === 'canceled',
    )
  /** Rests, is listed, is cancelled. */
  const rests = async (...args: Parameters<Client['createOrder']>) => {
    const id = await placed(...args)
    await until(
      () => client.fetchOpenOrders(MARKET),
      (orders) => orders.some((order) => order.id === id),
    )
    await client.cancelOrder(id)
    check((await closed(id)).status === 'canceled', 'not cancelled')
    return 'listed open, cancelled'
  }

  await call('createOrder market buy by cost', async () => {
    const order = await closed(await placed(MARKET, 'market', 'buy', 100, undefined, { cost: 100 }))
    check((order.filled ?? 0) > 0, 'nothing filled')
    return 'filled'
  })
  await call('createMarketBuyOrderWithCost', async () => {
    const { id } = await client.createMarketBuyOrderWithCost(MARKET, 40)
    check(((await closed(String(id))).filled ?? 0) > 0, 'nothing filled')
    return 'filled'
  })
  await call('createOrder market sell', async () => {
    const order = await closed(await placed(MARKET, 'market', 'sell', 0.0002))
    check(order.filled === 0.0002, 'not filled')
    return 'filled'
  })
  await call('createOrder preview', async () => {
    await client.createOrder(MARKET, 'market', 'buy', 50, undefined, { cost: 50, preview: true })
    return 'previewed, nothing placed'
  })
  await call('createOrder limit', async () => rests(MARKET, 'limit', 'buy', 0.001, Math.floor((await price()) * 0.9)))
  await call('createOrder limit postOnly', async () =>
    rests(MARKET, 'limit', 'buy', 0.001, Math.floor((await price()) * 0.9), { postOnly: true }),
  )
  await call('createOrder limit GTD', async () => {
    const end = new Date(Date.now() + 3_600_000).toISOString()
    return rests(MARKET, 'limit', 'buy', 0.001, Math.floor((await price()) * 0.9), {
      timeInForce: 'GTD',
      end_time: end,
    })
  })
  await call('createOrder limit IOC', async () => {
    const order = await closed(
      await placed(MARKET, 'limit', 'buy', 0.0005, Math.ceil((await price()) * 1.01), { timeInForce: 'IOC' }),
    )
    check(order.filled === 0.0005, 'not filled')
    return 'filled'
  })
  await call('createOrder limit FOK', async () => {
    const order = await closed(
      await placed(MARKET, 'limit', 'buy', 0.0005, Math.ceil((await price()) * 1.01), { timeInForce: 'FOK' }),
    )
    check(order.filled === 0.0005, 'not filled')
    return 'filled'
  })
  await call('createOrder stopLossPrice', async () => {
    const stop = Math.floor((await price()) * 0.9)
    return rests(MARKET, 'limit', 'sell', 0.0005, stop - 10, { stopLossPrice: stop })
  })
  await call('createOrder takeProfitPrice', async () => {
    const take = Math.ceil((await price()) * 1.1)
    return rests(MARKET, 'limit', 'sell', 0.0005, take - 10, { takeProfitPrice: take })
  })
  await call('createOrder triggerPrice', async () => {
    const trigger = Math.ceil((await price()) * 1.1)
    return rests(MARKET, 'limit', 'sell', 0.0005, trigger - 10, { triggerPrice: trigger })
  })
  await call('createOrder triggerPrice GTD', async () => {
    const trigger = Math.floor((await price()) * 0.9)
    const end = new Date(Date.now() + 3_600_000).toISOString()
    return rests(MARKET, 'limit', 'buy', 0.0005, trigger + 10, { triggerPrice: trigger, end_time: end })
  })
  await call('createOrder client_order_id', async () => {
    const at = Math.floor((await price()) * 0.9)
    const order = await client.createOrder(MARKET, 'limit', 'buy', 0.001, at, { client_order_id: 'my own' })
    check((await client.fetchOrder(String(order.id))).clientOrderId === 'my own', 'another id')
    const again = await client.createOrder(MARKET, 'limit', 'buy', 0.001, at, { client_order_id: 'my own' })
    check(again.id === order.id, 'a second order')
    await client.cancelOrder(String(order.id))
    return 'the same id again is the same order'
  })
  await call('fetchOpenOrders, fetchOrder, cancelOrder', async () => {
    const at = Math.floor((await price()) * 0.9)
    const id = await placed(MARKET, 'limit', 'buy', 0.001, at)
    const held = await client.fetchBalance()
    check((held['USD']?.used ?? 0) > 0, 'nothing is held')
    const [open] = (await client.fetchOpenOrders(MARKET)).filter((order) => order.id === id)
    const one = await client.fetchOrder(id)
    check(one.status === 'open' && open?.price === at && one.amount === 0.001, 'another order')
    await client.cancelOrder(id)
    check((await closed(id)).status === 'canceled', 'not cancelled')
    return 'price, size and status; cancelled'
  })
  await call('editOrder', async () => {
    const at = Math.floor((await price()) * 0.9)
    const id = await placed(MARKET, 'limit', 'buy', 0.001, at)
    await until(
      () => client.fetchOrder(id),
      (order) => order.status === 'open',
    )
    await client.editOrder(id, MARKET, 'limit', 'buy', 0.0008, at - 5)
    const edited = await until(
      () => client.fetchOrder(id),
      (order) => order.price === at - 5,
    )
    check(edited.amount === 0.0008, 'size not edited')
    await client.cancelOrder(id)
    return 'price and size changed'
  })
  await call('cancelOrders', async () => {
    const at = Math.floor((await price()) * 0.9)
    const ids = [await placed(MARKET, 'limit', 'buy', 0.001, at), await placed(MARKET, 'limit', 'buy', 0.001, at)]
    check((await client.cancelOrders(ids)).length === 2, 'not two results')
    return 'two at once'
  })
  await call('fetchOrders', async () => {
    check((await client.fetchOrders(MARKET)).length >= 10, 'too few')
    return 'all of the above'
  })
  await call('fetchClosedOrders', async () => {
    check(
      (await client.fetchClosedOrders(MARKET)).every((order) => order.status === 'closed'),
      'not all closed',
    )
    return 'filled ones'
  })
  await call('fetchCanceledOrders', async () => {
    check((await client.fetchCanceledOrders(MARKET)).length > 0, 'none')
    return 'cancelled ones'
  })
  await call('refusal: no money', async () => {
    const refusal = await client.createOrder('ETH/USD', 'market', 'sell', 1).catch((error: unknown) => error)
    check(refusal instanceof ccxt.InsufficientFunds, 'not InsufficientFunds')
    return 'InsufficientFunds'
  })
}

async function watch(client: Client, call: Call): Promise<void> {
  await call('watchTicker', async () => {
    check(((await client.watchTicker(MARKET)).last ?? 0) > 0, 'no price')
    return 'a price'
  })
  await call('watchTickers', async () => {
    check(Object.keys(await client.watchTickers([MARKET, 'ETH/USD'])).length > 0, 'none')
    return 'several products'
  })
  await call('watchOrderBook', async () => {
    const first = await client.watchOrderBook(MARKET)
    check(first.bids.length > 50, 'too few levels')
    for (let count = 0; count < 5; count++) {
      const { bids, asks } = await client.watchOrderBook(MARKET)
      check((bids[0]?.[0] ?? 0) < (asks[0]?.[0] ?? 0), 'crossed')
    }
    return 'snapshot and updates, never crossed'
  })
  await call('watchTrades', async () => {
    check((await client.watchTrades(MARKET)).length > 0, 'none')
    return 'public trades'
  })
  await call('watchTradesForSymbols', async () => {
    check((await client.watchTradesForSymbols([MARKET, 'ETH/USD'])).length > 0, 'none')
    return 'public trades of several products'
  })
  await call('watchOrderBookForSymbols', async () => {
    const book = await client.watchOrderBookForSymbols([MARKET, 'ETH/USD'])
    check(book.bids.length > 0 && book.asks.length > 0, 'empty')
    return 'books of several products'
  })
  await call('watchOrders', async () => {
    const price = Math.floor(((await client.fetchTicker(MARKET)).last ?? 0) * 0.9)
    // The first event is the snapshot of what is open.
    let order: Awaited<ReturnType<Client['createOrder']>> | undefined
    const seen: string[] = []
    const heard = async () => {
      for (;;) {
        const events = await client.watchOrders(MARKET)
        for (const event of events) if (event.id === order?.id) seen.push(String(event.status))
        if (seen.includes('canceled')) return
      }
    }
    const listening = heard()
    await new Promise((resolve) => setTimeout(resolve, 200))
    order = await client.createOrder(MARKET, 'limit', 'buy', 0.001, price)
    await new Promise((resolve) => setTimeout(resolve, 100))
    await client.cancelOrder(String(order.id))
    await listening
    return 'open, then cancelled'
  })
}

async function add(client: Client, call: Call): Promise<void> {
  await call('fetchMyTrades = fetchBalance', async () => {
    // ccxt's own numbers are floats; `info` is what came over the wire.
    const fills = (await client.fetchMyTrades(MARKET, undefined, 200)).map(({ info }) => info as RawFill)
    const { info } = (await client.fetchBalance()) as unknown as { info: { accounts: RawAccount[] } }
    checkFillsAgainstWallets(fills, info.accounts)
    return 'fills add up to the balances, to the last digit; nothing is held'
  })
  await call('fetchLedger', async () => {
    check((await client.fetchLedger('USD')).length > 0, 'empty')
    return 'deposits and fills'
  })
  await call('fetchDeposits, fetchWithdrawals', async () => {
    check((await client.fetchDeposits('USD')).length === 0, 'a deposit from outside')
    check((await client.fetchWithdrawals('USD')).length === 0, 'a withdrawal')
    return 'none'
  })
  await call('fetchDepositAddresses', async () => {
    const [account] = await client.fetchAccounts()
    const addresses = await client.fetchDepositAddresses(['BTC'], { accountId: account?.id })
    check(Object.keys(addresses).length === 0, 'an address')
    return 'none'
  })
}
