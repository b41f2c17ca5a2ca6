import { CountingIds, FakeTime, MemoryLog } from '@tidegate/testkit'
import { Decimal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'
import { ed25519Key, keyOf, pythonToken, type TestKey, testClient, testSocket } from '../testing/test-client.js'

const name = 'organizations/11111111-1111-4111-8111-111111111111/apiKeys/22222222-2222-4222-8222-222222222222'
const noId = '00000000-0000-4000-8000-000000000000'

let time: FakeTime
let exchange: PaperExchange
let prices: ReturnType<typeof handPrices>
let other: { readonly portfolioId: string; readonly key: TestKey }

beforeEach(async () => {
  time = new FakeTime()
  prices = handPrices()
  exchange = await createPaperExchange({
    prices: prices.source,
    ids: new CountingIds(),
    clock: time,
    timers: time,
    log: new MemoryLog(),
    rateLimits: 'off',
    initialBalances: { USD: '10000' },
  })
  prices.show([
    ['bid', '99', '50'],
    ['ask', '100', '50'],
  ])
  const owner = ed25519Key(`${name}-owner`)
  exchange.addKey({
    name: owner.key.name,
    publicKey: owner.publicKey,
    canView: true,
    canTrade: true,
    canTransfer: true,
  })
  const admin = testClient(exchange, () => time.nowMs(), owner.key)
  const { portfolio } = (await admin.post('/portfolios', { name: 'second' })).json
  await admin.post('/portfolios/move_funds', {
    funds: { value: '2000', currency: 'USD' },
    source_portfolio_uuid: exchange.portfolioId,
    target_portfolio_uuid: portfolio.uuid,
  })
  const second = ed25519Key(name)
  exchange.addKey({
    name,
    publicKey: second.publicKey,
    canView: true,
    canTrade: true,
    canTransfer: false,
    portfolioId: portfolio.uuid,
  })
  other = { portfolioId: portfolio.uuid, key: second.key }
})

afterEach(() => exchange.close())

const first = () => testClient(exchange, () => time.nowMs())
const second = () => testClient(exchange, () => time.nowMs(), other.key)

function marketBuy(quoteSize: string, clientOrderId: string, more = {}) {
  const configuration = { market_market_ioc: { quote_size: quoteSize } }
  return {
    client_order_id: clientOrderId,
    product_id: 'BTC-USD',
    side: 'BUY',
    order_configuration: configuration,
    ...more,
  }
}

const total = (rows: readonly { amount: { amount: string } }[]) =>
  rows.reduce((sum, row) => sum.add(row.amount.amount), new Decimal(0)).toFixed()

describe('a key bound to another portfolio', () => {
  it('is told so', async () => {
    expect((await second().get('/key_permissions')).json).toMatchObject({ portfolio_uuid: other.portfolioId })
    expect((await first().get('/key_permissions')).json).toMatchObject({ portfolio_uuid: exchange.portfolioId })
  })

  it('trades with its own money, sees its own orders and fills, and nobody else does', async () => {
    const placed = await second().post('/orders', marketBuy('1000', 'a'))
    const orderId = placed.json.order_id as string
    expect((await first().get(`/orders/historical/${orderId}`)).status).toBe(404)
    expect((await second().get(`/orders/historical/${orderId}`)).json.order.retail_portfolio_id).toBe(other.portfolioId)
    const count = async (client: ReturnType<typeof first>) => [
      (await client.get('/orders/historical/batch')).json.orders.length,
      (await client.get('/orders/historical/fills')).json.fills.length,
    ]
    expect(await count(second())).toEqual([1, 1])
    expect(await count(first())).toEqual([0, 0])
    expect((await first().post('/orders/batch_cancel', { order_ids: [orderId] })).json.results[0]).toMatchObject({
      success: false,
      failure_reason: 'UNKNOWN_CANCEL_ORDER',
    })
    const edit = { order_id: orderId, price: '90', size: '1' }
    expect((await first().post('/orders/edit', edit)).json.errors[0].edit_failure_reason).toBe('ORDER_NOT_FOUND')
  })

  it('may use a client id that another portfolio has used', async () => {
    const one = (await first().post('/orders', marketBuy('10', 'same'))).json
    const two = (await second().post('/orders', marketBuy('10', 'same'))).json
    expect([one.success, two.success]).toEqual([true, true])
    expect(two.order_id).not.toBe(one.order_id)
  })

  it('counts only its own trading in the fee summary', async () => {
    await second().post('/orders', marketBuy('1000', 'a'))
    const own = (await second().get('/transaction_summary')).json
    const others = (await first().get('/transaction_summary')).json
    expect(own.total_volume).toBeGreaterThan(900)
    expect(own.total_fees).toBeGreaterThan(10)
    expect([others.total_volume, others.total_fees]).toEqual([0, 0])
    expect(others.total_balance).toBe('8000')
  })

  it('has v2 wallets and a ledger of its own that adds up, moves between portfolios included', async () => {
    await second().post('/orders', marketBuy('1000', 'a'))
    for (const client of [first(), second()]) {
      const wallets = (await client.get('/v2/accounts')).json.data
      const accounts = (await client.get('/accounts')).json.accounts
      expect(wallets.map((wallet: { id: string }) => wallet.id)).toEqual(
        accounts.map((account: { uuid: string }) => account.uuid),
      )
      for (const wallet of wallets) {
        const rows = (await client.get(`/v2/accounts/${wallet.id}/transactions`)).json.data
        expect(total(rows)).toBe(new Decimal(wallet.balance.amount).toFixed())
      }
    }
    const [usd] = (await second().get('/v2/accounts')).json.data
    expect((await first().get(`/v2/accounts/${usd.id}`)).status).toBe(404)
    expect((await second().get(`/v2/accounts/USD/transactions`)).json.data[1]).toMatchObject({
      type: 'transfer',
      amount: { amount: '2000' },
    })
  })

  it('hears of its own orders only', async () => {
    const at = time.nowMs()
    const mine = await testSocket(exchange.ws)
    const theirs = await testSocket(exchange.ws)
    await mine.subscribe({ channel: 'user', jwt: pythonToken(keyOf(exchange), at) })
    await theirs.subscribe({ channel: 'user', jwt: pythonToken(other.key, at) })
    const heard = theirs.next((frame) => frame.events?.[0]?.type === 'update')
    const done = mine.next((frame) => frame.events?.[0]?.type === 'update')
    await second().post('/orders', marketBuy('10', 'b'))
    await first().post('/orders', marketBuy('10', 'a'))
    const ids = (frame: { events?: { orders: { retail_portfolio_id: string }[] }[] }) =>
      frame.events?.[0]?.orders.map((order) => order.retail_portfolio_id)
    expect(ids(await heard)).toEqual([other.portfolioId])
    expect(ids(await done)).toEqual([exchange.portfolioId])
    mine.terminate()
    theirs.terminate()
  })

  it('cannot name another portfolio than its own', async () => {
    const elsewhere = marketBuy('10', 'a', { retail_portfolio_id: exchange.portfolioId })
    const refused = await second().post('/orders', elsewhere)
    expect([refused.status, refused.json.message]).toEqual([400, 'account is not available'])
    const own = marketBuy('10', 'b', { retail_portfolio_id: other.portfolioId })
    expect((await second().post('/orders', own)).json.success).toBe(true)
    const asked = `/orders/historical/batch?retail_portfolio_id=${exchange.portfolioId}`
    expect((await second().get(asked)).json.orders).toEqual([])
    expect((await second().get(`/accounts?retail_portfolio_id=${exchange.portfolioId}`)).json.accounts).toEqual([])
  })
})

describe('the exchange', () => {
  it('shows the balances of the portfolio asked for', () => {
    const usd = (portfolioId?: string) => exchange.balances(portfolioId)[0]?.available.toFixed()
    expect([usd(), usd(exchange.portfolioId), usd(other.portfolioId)]).toEqual(['8000', '8000', '2000'])
  })

  it('takes no key for a portfolio that is not there, and the default one by its id', async () => {
    const { key, publicKey } = ed25519Key(`${name}-third`)
    const rights = { name: key.name, publicKey, canView: true, canTrade: true, canTransfer: false }
    expect(() => exchange.addKey({ ...rights, portfolioId: noId })).toThrow('portfolio')
    exchange.addKey({ ...rights, portfolioId: exchange.portfolioId })
    const client = testClient(exchange, () => time.nowMs(), key)
    expect((await client.get('/key_permissions')).json).toMatchObject({
      portfolio_uuid: exchange.portfolioId,
      portfolio_type: 'DEFAULT',
    })
    expect((await client.get('/accounts')).json.accounts).toHaveLength(1)
  })
})
