import { Decimal } from '@tidegate/trading-model'
import { afterEach, describe, expect, it } from 'vitest'
import { UNVERIFIED_2024_FEE_TIERS } from './accounts/fee-tiers.js'
import {
  type StartedPaperExchange,
  type StartPaperExchangeOptions,
  startPaperExchange,
} from './start-paper-exchange.js'
import { systemRuntime } from './system-runtime.js'
import { ed25519Key, testClient } from './testing/test-client.js'

const open: StartedPaperExchange[] = []
afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start(options: StartPaperExchangeOptions) {
  const exchange = await startPaperExchange(options)
  open.push(exchange)
  // Clients live in real time, whatever the exchange's clock says.
  return { exchange, client: testClient(exchange, () => systemRuntime().clock.nowMs()) }
}

function create(id: string, side: 'BUY' | 'SELL', configuration: object, more: object = {}) {
  return { client_order_id: id, product_id: 'BTC-USD', side, order_configuration: configuration, ...more }
}

/** A life with every kind of order in it, told as text to the last digit. */
async function life(seed: number): Promise<string> {
  const { exchange, client } = await start({ seed, products: ['BTC-USD'], balances: { USD: '100000', BTC: '2' } })
  const best = (await client.get('/best_bid_ask?product_ids=BTC-USD')).json.pricebooks[0]
  const bid = new Decimal(best.bids[0].price)
  const at = (factor: string) => bid.mul(factor).toDecimalPlaces(2).toFixed()
  const time = (ms: number) => new Date(exchange.clock.nowMs() + ms).toISOString()
  const attached = {
    attached_order_configuration: {
      trigger_bracket_gtc: { limit_price: at('1.002'), stop_trigger_price: at('0.998') },
    },
  }
  const orders = [
    create('market', 'BUY', { market_market_ioc: { quote_size: '250' } }, attached),
    create('limit', 'BUY', { limit_limit_gtc: { base_size: '0.05', limit_price: at('0.9998') } }, attached),
    create('bracket', 'SELL', {
      trigger_bracket_gtc: { base_size: '0.2', limit_price: at('1.001'), stop_trigger_price: at('0.999') },
    }),
    create('twap', 'BUY', {
      twap_limit_gtd: {
        quote_size: '5000',
        limit_price: at('1.01'),
        start_time: time(0),
        end_time: time(300_000),
        number_buckets: '10',
      },
    }),
    create('ladder', 'SELL', {
      scaled_limit_gtc: {
        base_size: '0.3',
        num_orders: '5',
        min_price: at('1.0002'),
        max_price: at('1.002'),
        price_distribution: 'LINEAR_INCREASING',
        size_distribution: 'INCREASING',
      },
    }),
  ]
  for (const body of orders) {
    const reply = await client.post('/orders', body)
    expect(reply.json, body.client_order_id).toMatchObject({ success: true })
  }
  exchange.clock.advance(360_000)
  expect(exchange.reconcile()).toEqual([])
  return JSON.stringify({ fills: exchange.fills(), orders: exchange.orders(), key: exchange.key.name })
}

describe('startPaperExchange', () => {
  it('gives bit-identical fills for the same seed and requests, and others for another seed', async () => {
    const first = await life(7)
    expect(JSON.parse(first).fills.length).toBeGreaterThan(15)
    expect(await life(7)).toBe(first)
    expect(await life(8)).not.toBe(first)
  }, 180_000)

  it('stands still until it is told to go on', async () => {
    const { exchange, client } = await start({ seed: 7, products: ['BTC-USDC'], balances: { USDC: '500' } })
    const price = async () => (await client.get('/products/BTC-USDC')).json.price
    const before = await price()
    expect(await price()).toBe(before)
    exchange.clock.advance(60_000)
    expect(await price()).not.toBe(before)
    expect((await client.get('/accounts')).json.accounts).toMatchObject([{ currency: 'USDC' }])
    expect(exchange.urls).toEqual({ rest: exchange.rest, ws: exchange.ws })
  })

  it('refuses products that nobody lists', async () => {
    await expect(startPaperExchange({ seed: 1, products: ['NOPE-USD'] })).rejects.toThrow(/Invalid|NOPE-USD|input/i)
  })

  it('tells what its fills are worth', async () => {
    const { exchange, client } = await start({ seed: 7 })
    await client.post('/orders', create('a', 'BUY', { market_market_ioc: { quote_size: '9000' } }))
    exchange.clock.advance(10_000)
    const card = exchange.fidelity(0)
    expect(card).toMatchObject({ mode: 'synthetic (seed 7)', isCalibrated: false, byLiquidity: { MAKER: 0 } })
    expect(card.participation.fillsAbove).toBe(card.fills)
    expect(card.volume[0]).toMatchObject({
      bookId: 'BTC-USD',
      own: exchange
        .balances()
        .find((w) => w.currency === 'BTC')
        ?.available.toFixed(),
    })
    expect(card.warnings.join(' ')).toMatch(/synthetic.*% of the size that was seen.*no latency/s)
  })

  it('moves to the next fee tier as volume grows, and freezes it into each order', async () => {
    const { exchange, client } = await start({
      seed: 7,
      balances: { USD: '100000' },
      feeTiers: UNVERIFIED_2024_FEE_TIERS,
    })
    const tier = async () => (await client.get('/transaction_summary')).json.fee_tier.pricing_tier
    expect(await tier()).toBe('0-10K')
    await client.post('/orders', create('a', 'BUY', { market_market_ioc: { quote_size: '11000' } }))
    expect(await tier()).toBe('10K-50K')
    await client.post('/orders', create('b', 'BUY', { market_market_ioc: { quote_size: '100' } }))
    expect(exchange.orders().map((order) => order.takerRate.toFixed())).toEqual(['0.006', '0.004'])
    exchange.clock.advance(0)
  })

  it('keeps portfolios apart: a key sees and spends only what is in its own', async () => {
    const { exchange, client } = await start({ seed: 7, balances: { USD: '1000' } })
    const { portfolio } = (await client.post('/portfolios', { name: 'bots' })).json
    const body = {
      funds: { value: '400', currency: 'USD' },
      source_portfolio_uuid: exchange.portfolioId,
      target_portfolio_uuid: portfolio.uuid,
    }
    expect((await client.post('/portfolios/move_funds', body)).status).toBe(403)
    const may = { canView: true, canTrade: true, canTransfer: true }
    const clientOf = ({ key, publicKey }: ReturnType<typeof ed25519Key>, more: { portfolioId?: string } = {}) => {
      exchange.addKey({ name: key.name, publicKey, ...may, ...more })
      return testClient(exchange, () => systemRuntime().clock.nowMs(), key)
    }
    const mover = clientOf(ed25519Key('organizations/a/apiKeys/mover'))
    const other = clientOf(ed25519Key('organizations/a/apiKeys/other'), { portfolioId: portfolio.uuid })
    expect((await mover.post('/portfolios/move_funds', body)).status).toBe(200)
    const tooMuch = { ...body, funds: { value: '601', currency: 'USD' } }
    expect((await mover.post('/portfolios/move_funds', tooMuch)).status).toBe(400)
    const usd = async (who: typeof client) => (await who.get('/accounts')).json.accounts[0].available_balance.value
    expect([await usd(client), await usd(other)]).toEqual(['600', '400'])
    const order = create('same', 'BUY', { market_market_ioc: { quote_size: '500' } })
    expect((await other.post('/orders', order)).json.error_response.error).toBe('INSUFFICIENT_FUND')
    expect((await client.post('/orders', order)).json.success).toBe(true)
    expect((await other.get('/orders/historical/batch')).json.orders).toEqual([])
    expect((await client.send('DELETE', `/api/v3/brokerage/portfolios/${portfolio.uuid}`)).status).toBe(400)
    expect((await other.get('/key_permissions')).json.portfolio_uuid).toBe(portfolio.uuid)
    expect(exchange.reconcile()).toEqual([])
  })
})
