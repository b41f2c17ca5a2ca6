import { MemoryLog } from '@tidegate/testkit'
import {
  Decimal,
  formatDecimal,
  type HttpRequest,
  type OrderTerms,
  SubmitTicket,
  type TicketFields,
  TransportError,
} from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { type Answer, clientOptions, json, memoryHttp, realTimers, timeBody } from '../test-support/runtime.js'
import { type CoinbaseClientOptions, createCoinbaseVenue } from './index.js'

const terms: OrderTerms = {
  productId: 'BTC-USD',
  side: 'BUY',
  orderType: 'LIMIT',
  timeInForce: 'GTC',
  size: { kind: 'base', baseSize: new Decimal('0.00000001') },
  limitPrice: new Decimal('50000.01'),
  postOnly: true,
}
function mint(overrides: Partial<TicketFields> = {}): SubmitTicket {
  return SubmitTicket.mint({
    intentId: 'i1',
    clientOrderId: 'c1',
    terms,
    frozenTerms: '',
    signFromMs: 0,
    signByMs: Date.now() + 60_000,
    ...overrides,
  })
}
const ack = { order_id: 'o1', product_id: 'BTC-USD', side: 'BUY', client_order_id: 'c1' }

type Route = (request: HttpRequest, query: URLSearchParams) => Answer | Promise<Answer>
function start(routes: Record<string, Route>, overrides: Partial<CoinbaseClientOptions> = {}) {
  const http = memoryHttp((request, path, query) => {
    const name = path.replace('/api/v3/brokerage', '')
    const route = routes[name]
    if (route) return route(request, query)
    if (name === '/time') return json(timeBody(Date.now()))
    return json({ error: 'unknown', message: 'Not Found' }, 404)
  })
  const sent = (suffix: string) => http.requests.filter((each) => new URL(each.url).pathname.endsWith(suffix))
  return { venue: createCoinbaseVenue(clientOptions(http, overrides)), sent, http }
}

describe('submit', () => {
  it('sends exactly the terms of the ticket, once, and returns the acknowledgement', async () => {
    const { venue, sent } = start({ '/orders': () => json({ success: true, success_response: ack }) })
    const answer = await venue.submit(mint())
    expect(answer).toMatchObject({ orderId: 'o1', clientOrderId: 'c1', productId: 'BTC-USD', side: 'BUY' })
    expect(sent('/orders')).toHaveLength(1)
    expect(JSON.parse(sent('/orders')[0]?.body ?? '')).toEqual({
      client_order_id: 'c1',
      product_id: 'BTC-USD',
      side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size: '0.00000001', limit_price: '50000.01', post_only: true } },
    })
  })

  it('refuses a ticket that was used before, without a request', async () => {
    const { venue, sent } = start({ '/orders': () => json({ success: true, success_response: ack }) })
    const ticket = mint()
    await venue.submit(ticket)
    await expect(venue.submit(ticket)).rejects.toMatchObject({ code: 'ERR_INVARIANT' })
    expect(sent('/orders')).toHaveLength(1)
  })

  it('does not send after the deadline, counted in venue time', async () => {
    const { venue, sent } = start({ '/time': () => json(timeBody(Date.now() + 120_000)) })
    await expect(venue.submit(mint())).rejects.toMatchObject({ code: 'ERR_VENUE_NOT_SENT', outcome: 'not-applied' })
    expect(venue.clockSkewMs()).toBeGreaterThan(115_000)
    expect(sent('/orders')).toHaveLength(0)
  })

  it('does not send when the venue turns out to be behind the time at which the ticket was asked for', async () => {
    const nowMs = Date.now()
    const { venue, sent } = start({ '/time': () => json(timeBody(nowMs - 120_000)) })
    const ticket = mint({ signFromMs: nowMs })
    await expect(venue.submit(ticket)).rejects.toMatchObject({ code: 'ERR_VENUE_NOT_SENT', outcome: 'not-applied' })
    expect(sent('/orders')).toHaveLength(0)
  })

  it('does not send when the clock was put back during the wait for the rate budget', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let nowMs = Date.now()
    const budget = { take: (bucket: string) => (bucket === 'private' ? held : Promise.resolve()), pause: () => {} }
    const { venue, sent } = start({ '/time': () => json(timeBody(nowMs)) }, { budget, clock: { nowMs: () => nowMs } })
    await venue.measureClock()
    const ticket = mint({ signFromMs: nowMs, signByMs: nowMs + 1_000 })
    const submitted = venue.submit(ticket).catch((error: unknown) => error)
    await realTimers.sleep(5)
    nowMs -= 598_000
    release()
    expect(await submitted).toMatchObject({ code: 'ERR_VENUE_NOT_SENT' })
    expect(sent('/orders')).toHaveLength(0)
  })

  it('checks the deadline after the wait for the rate budget, not before', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let nowMs = Date.now()
    const budget = { take: (bucket: string) => (bucket === 'private' ? held : Promise.resolve()), pause: () => {} }
    const clock = { nowMs: () => nowMs }
    const { venue, sent } = start({ '/time': () => json(timeBody(nowMs)) }, { budget, clock })
    const submitted = venue.submit(mint({ signByMs: nowMs + 1_000 })).catch((error: unknown) => error)
    await realTimers.sleep(5)
    nowMs += 1_001
    release()
    expect(await submitted).toMatchObject({ code: 'ERR_VENUE_NOT_SENT' })
    expect(sent('/orders')).toHaveLength(0)
  })

  it('keeps the ticket when the time of the venue cannot be learnt', async () => {
    let isDown = true
    const { venue, sent } = start({
      '/time': () => (isDown ? new TransportError('refused', false) : json(timeBody(Date.now()))),
      '/orders': () => json({ success: true, success_response: ack }),
    })
    const ticket = mint()
    await expect(venue.submit(ticket)).rejects.toMatchObject({ code: 'ERR_VENUE_NOT_SENT' })
    expect(sent('/orders')).toHaveLength(0)
    isDown = false
    expect(await venue.submit(ticket)).toMatchObject({ orderId: 'o1' })
  })

  it('keeps the ticket when there is no key', async () => {
    const { venue } = start({}, { signer: undefined })
    const ticket = mint()
    await expect(venue.submit(ticket)).rejects.toMatchObject({ code: 'ERR_VENUE_AUTH' })
    expect(SubmitTicket.redeem(ticket, 0)).toMatchObject({ intentId: 'i1' })
  })

  it('says rejected, not unknown, for terms the venue has no variant for', async () => {
    const { venue, sent } = start({})
    await expect(venue.submit(mint({ terms: { ...terms, timeInForce: 'IOC' } as OrderTerms }))).rejects.toMatchObject({
      code: 'ERR_VENUE_REJECTED',
      venueReason: 'UNSUPPORTED_ORDER_CONFIGURATION',
    })
    expect(sent('/orders')).toHaveLength(0)
  })

  it('is unknown when the acknowledgement is for another order', async () => {
    const { venue } = start({
      '/orders': () => json({ success: true, success_response: { ...ack, client_order_id: 'other' } }),
    })
    await expect(venue.submit(mint())).rejects.toMatchObject({ code: 'ERR_VENUE_OUTCOME_UNKNOWN' })
  })

  it('reaches the static sandbox without a key or a clock', async () => {
    const { venue, sent } = start(
      { '/orders': () => json({ success: true, success_response: ack }) },
      { environment: 'sandbox', signer: undefined },
    )
    expect(await venue.submit(mint())).toMatchObject({ orderId: 'o1' })
    expect(sent('/time')).toHaveLength(0)
    await expect(venue.products()).rejects.toMatchObject({ code: 'ERR_VENUE_UNAVAILABLE' })
  })
})

describe('cancel', () => {
  const result = (order_id: string, success: boolean, failure_reason = 'UNKNOWN_CANCEL_FAILURE_REASON') => ({
    order_id,
    success,
    failure_reason,
  })

  it('gives one result per id in order, whatever order and number the venue answers in', async () => {
    const { venue } = start({
      '/orders/batch_cancel': () =>
        json({
          results: [
            result('filled', false, 'ORDER_IS_FULLY_FILLED'),
            result('twice', false, 'DUPLICATE_CANCEL_REQUEST'),
            result('strange', false, 'UNKNOWN_CANCEL_ORDER'),
            result('good', true),
          ],
        }),
    })
    expect(await venue.cancel(['good', 'filled', 'strange', 'twice', 'lost', 'good'])).toEqual([
      { orderId: 'good', outcome: 'accepted' },
      { orderId: 'filled', outcome: 'refused', reason: 'ORDER_IS_FULLY_FILLED' },
      { orderId: 'strange', outcome: 'unknown', reason: 'UNKNOWN_CANCEL_ORDER' },
      { orderId: 'twice', outcome: 'accepted', reason: 'DUPLICATE_CANCEL_REQUEST' },
      { orderId: 'lost', outcome: 'unknown', reason: 'NOT_ANSWERED' },
      { orderId: 'good', outcome: 'accepted' },
    ])
  })

  it('goes in hundreds, and a lost answer leaves only its own hundred unknown', async () => {
    let batches = 0
    const { venue } = start({
      '/orders/batch_cancel': (request) => {
        const { order_ids } = JSON.parse(request.body ?? '') as { order_ids: string[] }
        expect(order_ids.length).toBeLessThanOrEqual(100)
        return batches++ === 1
          ? new TransportError('reset', true)
          : json({ results: order_ids.map((id) => result(id, true)) })
      },
    })
    const results = await venue.cancel(Array.from({ length: 250 }, (_, index) => `o${index}`))
    expect(results.map((each) => each.outcome)).toEqual([
      ...Array<string>(100).fill('accepted'),
      ...Array<string>(100).fill('unknown'),
      ...Array<string>(50).fill('accepted'),
    ])
  })

  it('throws when surely nothing was asked for', async () => {
    const { venue } = start({ '/orders/batch_cancel': () => new TransportError('refused', false) })
    await expect(venue.cancel(['a'])).rejects.toMatchObject({ code: 'ERR_VENUE_NOT_SENT' })
  })

  it('asks nothing for no ids', async () => {
    const { venue, http } = start({})
    expect(await venue.cancel([])).toEqual([])
    expect(http.requests).toEqual([])
  })
})

function wireOrder(order_id: string, status: string, changes: Record<string, unknown> = {}) {
  return {
    order_id,
    client_order_id: `c-${order_id}`,
    product_id: 'BTC-USD',
    side: 'BUY',
    status,
    created_time: new Date(Date.now() - 60_000).toISOString(),
    filled_size: '0',
    filled_value: '0',
    total_fees: '0',
    number_of_fills: '0',
    ...changes,
  }
}

describe('orders and fills', () => {
  it('finds live orders that the OPEN filter misses, and drops those that ended meanwhile', async () => {
    const old = new Date(Date.now() - 90 * 24 * 3_600_000).toISOString()
    const { venue } = start({
      '/orders/historical/batch': (_request, query) => {
        const statuses = query.getAll('order_status')
        if (statuses.includes('OPEN')) {
          expect(statuses).toEqual(['OPEN'])
          return json({
            orders: [
              wireOrder('open', 'OPEN'),
              wireOrder('ending', 'OPEN'),
              wireOrder('old', 'OPEN', { created_time: old }),
            ],
            has_next: false,
            cursor: '',
          })
        }
        if (statuses.length > 0) {
          return json({
            orders: [wireOrder('queued', 'QUEUED'), wireOrder('cancelling', 'CANCEL_QUEUED', { created_time: old })],
            has_next: false,
          })
        }
        expect(query.get('start_date')).not.toBeNull()
        return json({
          orders: [
            wireOrder('pending', 'PENDING'),
            wireOrder('strange', 'HIBERNATING'),
            wireOrder('done', 'FILLED'),
            wireOrder('ending', 'CANCELLED'),
          ],
          has_next: false,
        })
      },
    })
    const live = await venue.listOrders({ only: 'live' })
    expect(live.map((order) => order.orderId).sort()).toEqual([
      'cancelling',
      'old',
      'open',
      'pending',
      'queued',
      'strange',
    ])
  })

  it('holds the answer to the filters, which the venue partly ignores', async () => {
    const sinceMs = Date.now() - 3_600_000
    const { venue } = start({
      '/orders/historical/batch': () =>
        json({
          orders: [
            wireOrder('in', 'FILLED'),
            wireOrder('other', 'FILLED', { product_id: 'ETH-USD' }),
            wireOrder('early', 'OPEN', { created_time: new Date(sinceMs - 1).toISOString() }),
            wireOrder('first', 'OPEN', { created_time: new Date(sinceMs).toISOString() }),
          ],
          has_next: false,
        }),
    })
    const orders = await venue.listOrders({ sinceMs, productId: 'BTC-USD' })
    expect(orders.map((order) => order.orderId)).toEqual(['in', 'first'])
  })

  it('never returns a list that was cut', async () => {
    const { venue } = start({
      '/orders/historical/batch': () => json({ orders: [wireOrder('a', 'OPEN')], has_next: true, cursor: '7' }),
      '/orders/historical/fills': () => json({ error: 'surprise' }),
    })
    await expect(venue.listOrders({})).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
    await expect(venue.listFills({})).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('does not show an order that is null, absent or not found', async () => {
    const { venue } = start({
      '/orders/historical/null': () => json({ order: null }),
      '/orders/historical/absent': () =>
        json({ error: 'unknown', error_details: 'order with this orderID was not found' }, 400),
      '/orders/historical/broken': () => json({ error: 'INTERNAL' }, 500),
    })
    for (const id of ['null', 'absent', 'missing']) expect(await venue.getOrder(id)).toBeUndefined()
    await expect(venue.getOrder('broken')).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('pages through fills by cursor alone, under the names the venue knows', async () => {
    const fill = (entry: string) => ({
      entry_id: entry,
      trade_id: entry,
      order_id: 'o1',
      trade_time: '2026-11-24T10:00:00Z',
      sequence_timestamp: '2026-11-24T10:00:00Z',
      price: '1',
      size: '1',
      commission: '0',
      product_id: 'BTC-USD',
      side: 'BUY',
    })
    const queries: URLSearchParams[] = []
    const { venue } = start({
      '/orders/historical/fills': (_request, query) => {
        queries.push(query)
        return query.get('cursor') === null
          ? json({ fills: [fill('a'), fill('b')], cursor: '9' })
          : json({ fills: [fill('c')], cursor: '' })
      },
    })
    const sinceMs = Date.UTC(2026, 10, 24)
    const fills = await venue.listFills({ orderIds: ['o1', 'o2'], sinceMs })
    expect(fills.map((each) => each.tradeId)).toEqual(['a', 'b', 'c'])
    expect(queries[0]?.getAll('order_ids')).toEqual(['o1', 'o2'])
    expect(queries[0]?.get('start_sequence_timestamp')).toBe('2026-11-24T00:00:00Z')
    expect(queries[0]?.get('start_date')).toBeNull()
  })
})

describe('account', () => {
  it('reads all wallets, keeping 16 padded decimals exact', async () => {
    const wallet = (uuid: string, value: string) => ({
      uuid,
      name: uuid,
      currency: uuid,
      available_balance: { value, currency: uuid },
      hold: { value: '0.0000000000000000', currency: uuid },
    })
    const { venue } = start({
      '/accounts': (_request, query) =>
        query.get('cursor') === null
          ? json({ accounts: [wallet('BTC', '1.0000000000000001')], has_next: true, cursor: 'x' })
          : json({ accounts: [wallet('USD', '12')], has_next: false, cursor: '' }),
    })
    const balances = await venue.balances()
    expect(balances.map((each) => [each.currency, formatDecimal(each.available), formatDecimal(each.hold)])).toEqual([
      ['BTC', '1.0000000000000001', '0'],
      ['USD', '12', '0'],
    ])
  })

  it('refuses a wallet whose balance is unknown', async () => {
    const { venue } = start({
      '/accounts': () =>
        json({
          accounts: [{ uuid: 'u', name: 'n', currency: 'USD', available_balance: { value: '', currency: 'USD' } }],
          has_next: false,
        }),
    })
    await expect(venue.balances()).rejects.toMatchObject({ code: 'ERR_VENUE_PROTOCOL' })
  })

  it('reads fee rates without passing JSON numbers through a float', async () => {
    const { venue } = start({
      '/transaction_summary': () => ({
        body: '{"total_volume":12345678901234567890.12,"total_fees":0,"fee_tier":{"pricing_tier":"Intro 1","taker_fee_rate":"0.012","maker_fee_rate":"0.006"}}',
      }),
    })
    const rates = await venue.feeRates()
    expect(formatDecimal(rates.volumeUsd)).toBe('12345678901234567890.12')
    expect(formatDecimal(rates.takerRate)).toBe('0.012')
  })

  it('reads what the key may do', async () => {
    const { venue } = start({
      '/key_permissions': () =>
        json({ can_view: true, can_trade: true, can_transfer: false, portfolio_uuid: 'p', portfolio_type: 'DEFAULT' }),
    })
    expect(await venue.keyPermissions()).toEqual({
      canView: true,
      canTrade: true,
      canTransfer: false,
      portfolioId: 'p',
      portfolioType: 'DEFAULT',
    })
  })

  it('gathers transfers over all wallets and pages, newest first, signing paths without their query', async () => {
    const row = (id: string, type: string, created_at: string, amount = '1') => ({
      id,
      type,
      status: 'completed',
      amount: { amount, currency: 'USDT' },
      created_at,
    })
    const { venue, http } = start({
      '/v2/accounts': (_request, query) =>
        query.get('starting_after') === null
          ? json({ data: [{ id: 'w1' }], pagination: { next_starting_after: 'w1', next_uri: '/v2/accounts?x' } })
          : json({ data: [{ id: 'w2' }], pagination: { next_starting_after: null, next_uri: null } }),
      '/v2/accounts/w1/transactions': (_request, query) =>
        query.get('starting_after') === null
          ? json({
              data: [
                row('t3', 'send', '2024-11-03T13:50:09Z', '-2.010000'),
                row('f1', 'advanced_trade_fill', '2024-11-03T13:40:00Z'),
              ],
              pagination: { next_starting_after: 'f1' },
            })
          : json({ data: [row('t1', 'fiat_deposit', '2024-01-01T00:00:00Z')], pagination: {} }),
      '/v2/accounts/w2/transactions': () =>
        json({ data: [row('t2', 'receive', '2024-06-01T00:00:00Z')], pagination: {} }),
    })
    const transfers = await venue.transfers(10)
    expect(transfers.map((each) => each.transferId)).toEqual(['t3', 't2', 't1'])
    expect(formatDecimal(transfers[0]?.amount ?? new Decimal(0))).toBe('-2.01')
    expect((await venue.transfers(1)).map((each) => each.transferId)).toEqual(['t3'])
    for (const request of http.requests) expect(request.headers['cb-version']).toBeDefined()
  })
})

describe('market data', () => {
  const product = {
    product_id: 'BTC-USDC',
    price: '68923.67',
    base_increment: '0.00000001',
    quote_increment: '0.01',
    price_increment: '0.01',
    base_min_size: '0.00000001',
    base_max_size: '3400',
    quote_min_size: '1',
    quote_max_size: '150000000',
    base_currency_id: 'BTC',
    quote_currency_id: 'USDC',
    status: 'online',
    product_type: 'SPOT',
    alias: 'BTC-USD',
    alias_to: [],
    post_only: true,
  }

  it('lists spot products over pages, leaving out and logging those that cannot be traded', async () => {
    const log = new MemoryLog()
    const { venue } = start(
      {
        '/products': (_request, query) =>
          query.get('cursor') === null
            ? json({ products: [product], pagination: { has_next: true, next_cursor: 'n' } })
            : json({
                products: [
                  { ...product, product_id: 'ETH-USD', alias: '' },
                  { ...product, product_id: 'BAD-USD', base_increment: '' },
                  { ...product, product_id: 'BIP-20DEC30-CDE', product_type: 'FUTURE' },
                ],
                pagination: { has_next: false, next_cursor: '' },
              }),
      },
      { log },
    )
    const products = await venue.products()
    expect(products.map((each) => [each.productId, each.alias, each.postOnly])).toEqual([
      ['BTC-USDC', 'BTC-USD', true],
      ['ETH-USD', undefined, true],
    ])
    expect(log.entries).toContainEqual(
      expect.objectContaining({
        event: 'product_left_out',
        fields: expect.objectContaining({ product_id: 'BAD-USD' }) as unknown,
      }),
    )
  })

  it('uses the public twins without a key', async () => {
    const { venue, http } = start({ '/market/products/BTC-USDC': () => json(product) }, { signer: undefined })
    expect((await venue.product('BTC-USDC'))?.quoteCurrency).toBe('USDC')
    expect(await venue.product('NO-SUCH')).toBeUndefined()
    expect(http.requests.every((each) => each.headers['authorization'] === undefined)).toBe(true)
  })

  it('gives a book its own time and no more levels than asked for, best first', async () => {
    const { venue } = start({
      '/product_book': () =>
        json({
          pricebook: {
            product_id: 'BTC-USD',
            bids: [
              { price: '9', size: '1' },
              { price: '10', size: '2' },
              { price: '8', size: '1' },
            ],
            asks: [
              { price: '12', size: '1' },
              { price: '11', size: '1' },
            ],
            time: '2026-04-07T00:28:59.662782Z',
          },
        }),
    })
    const { book, asOfMs } = await venue.book('BTC-USD', 2)
    expect(book.bids.map((level) => level.price.toFixed())).toEqual(['10', '9'])
    expect(book.asks.map((level) => level.price.toFixed())).toEqual(['11', '12'])
    expect(asOfMs).toBe(Date.UTC(2026, 3, 7, 0, 28, 59, 662))
  })

  it('labels trades with the maker side', async () => {
    const { venue } = start({
      '/products/BTC-USD/ticker': () =>
        json({
          trades: [
            {
              trade_id: '1',
              product_id: 'BTC-USD',
              price: '10',
              size: '1',
              time: '2026-04-07T00:00:00Z',
              side: 'SELL',
            },
          ],
          best_bid: '9',
          best_ask: '',
        }),
    })
    const { trades, bestBid, bestAsk } = await venue.trades('BTC-USD', 5)
    expect(trades[0]?.makerSide).toBe('SELL')
    expect([bestBid?.toFixed(), bestAsk]).toEqual(['9', undefined])
  })

  it('pages candles under the venue’s 350, oldest first, each bucket once and only inside the range', async () => {
    const minute = 60_000
    const startMs = Date.UTC(2026, 0, 1)
    const endMs = startMs + 1_000 * minute
    const { venue, sent } = start({
      '/products/BTC-USD/candles': (_request, query) => {
        const from = Number(query.get('start'))
        const to = Number(query.get('end'))
        expect((to - from) / 60 + 1).toBeLessThanOrEqual(350)
        expect(query.get('granularity')).toBe('ONE_MINUTE')
        const candles = []
        // Both ends included, as a venue might; one bucket has no trade.
        for (let at = to; at >= from; at -= 60) {
          if (at !== startMs / 1000 + 60) {
            candles.push({ start: String(at), open: '1', high: '2', low: '0.5', close: '1.5', volume: '3' })
          }
        }
        return json({ candles })
      },
    })
    const candles = await venue.candles('BTC-USD', '1m', startMs, endMs)
    expect(candles).toHaveLength(999)
    expect(candles[0]?.startMs).toBe(startMs)
    expect(candles.at(-1)?.startMs).toBe(endMs - minute)
    expect(candles.every((each, index) => index === 0 || each.startMs > (candles[index - 1]?.startMs ?? 0))).toBe(true)
    expect(sent('/candles').length).toBeGreaterThan(1)
  })
})
