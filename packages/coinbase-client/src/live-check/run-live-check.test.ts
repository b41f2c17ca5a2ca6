import { describe, expect, it } from 'vitest'
import { type Answer, clientOptions, json, memoryHttp, timeBody } from '../../test-support/runtime.js'
import { runLiveCheck } from '../index.js'

const product = {
  product_id: 'BTC-USD',
  price: '100',
  price_percentage_change_24h: '1',
  volume_24h: '1',
  volume_percentage_change_24h: '1',
  base_increment: '0.00000001',
  quote_increment: '0.01',
  price_increment: '0.01',
  base_min_size: '0.1',
  base_max_size: '10',
  quote_min_size: '1',
  quote_max_size: '100',
  product_type: 'SPOT',
}
const book = { pricebook: { product_id: 'BTC-USD', bids: [{ price: '1', size: '1' }], asks: [], time: '' } }
const answers: Record<string, unknown> = {
  '/time': timeBody(1_795_000_000_000),
  '/key_permissions': {
    can_view: true,
    can_trade: false,
    can_transfer: false,
    portfolio_uuid: 'p',
    portfolio_type: 'DEFAULT',
  },
  '/accounts': { accounts: [], has_next: false, cursor: '' },
  '/products': { products: [product], num_products: 1 },
  '/products/BTC-USD': product,
  '/product_book': book,
  '/best_bid_ask': { pricebooks: [] },
  '/candles': { candles: [] },
  '/ticker': { trades: [], best_bid: '1', best_ask: '2' },
  '/orders/historical/batch': { orders: [], has_next: false, cursor: '' },
  '/orders/historical/fills': { fills: [], cursor: '' },
  '/portfolios': { portfolios: [] },
  '/payment_methods': { payment_methods: [] },
  '/transaction_summary': { total_volume: 1, total_fees: 1, fee_tier: { pricing_tier: 'x' } },
}

function check(change: Record<string, unknown> = {}) {
  const table = { ...answers, ...change }
  const http = memoryHttp((_request, path): Answer => {
    if (path.startsWith('/v2/')) return json({ data: [], pagination: {} })
    const key = Object.keys(table)
      .filter((each) => path.endsWith(each))
      .sort((a, b) => b.length - a.length)[0]
    const answer = key === undefined ? undefined : table[key]
    return answer instanceof Error ? { status: 500, body: answer.message } : json(answer)
  })
  return { http, report: runLiveCheck(clientOptions(http, { readAttempts: 1 })) }
}

const found = async (change: Record<string, unknown>, endpoint: string) => {
  const report = await check(change).report
  return report.results.find((each) => each.endpoint === endpoint)
}

describe('runLiveCheck', () => {
  it('finds nothing where the answers are as the schemas say, and sends reads only', async () => {
    const { http, report } = check()
    const done = await report
    expect(done.results.filter(({ verdict }) => verdict !== 'same' && verdict !== 'skipped')).toEqual([])
    expect(done).toMatchObject({ ok: true, differences: 0, failed: 0 })
    expect(new Set(http.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(http.requests.every(({ body }) => body === undefined)).toBe(true)
    expect(done.requests).toBe(http.requests.length)
  })

  it.each<[string, Record<string, unknown>, string, object]>([
    [
      'a field that is new',
      { '/products/BTC-USD': { ...product, moon_phase: 'full' } },
      'getPublicProduct',
      { kind: 'unknown-field', path: 'moon_phase', detail: 'string', count: 1 },
    ],
    [
      'a field that is gone, in every item of a list',
      { '/products': { products: [{ price: '1' }, { price: '2' }] } },
      'listPublicProducts',
      { kind: 'missing-field', path: 'products[].product_id', detail: 'required', count: 2 },
    ],
    [
      'a word that is new',
      { '/products/BTC-USD': { ...product, product_type: 'PREDICTION' } },
      'getPublicProduct',
      { kind: 'unknown-member', path: 'product_type', detail: 'PREDICTION', count: 1 },
    ],
    [
      'text that became an object',
      { '/products/BTC-USD': { ...product, price: { value: '1', currency: 'USD' } } },
      'getPublicProduct',
      { kind: 'type-change', path: 'price', detail: 'object instead of string or number', count: 1 },
    ],
    [
      'a list that became an object',
      { '/orders/historical/batch': { orders: {}, has_next: false } },
      'listOrders',
      { kind: 'type-change', path: 'orders', detail: 'object instead of array', count: 1 },
    ],
    [
      'a required field that is null',
      { '/key_permissions': { ...(answers['/key_permissions'] as object), can_view: null } },
      'getKeyPermissions',
      { kind: 'type-change', path: 'can_view', detail: 'null is not expected', count: 1 },
    ],
    [
      'an id that is empty',
      { '/products/BTC-USD': { ...product, product_id: '' } },
      'getPublicProduct',
      expect.objectContaining({ kind: 'unreadable', path: 'product_id' }) as object,
    ],
  ])('reports %s', async (_what, change, endpoint, difference) => {
    const result = await found(change, endpoint)
    expect(result?.verdict).toBe('different')
    expect(result?.differences).toContainEqual(difference)
  })

  it('notes optional fields that are sent nowhere, without calling that a difference', async () => {
    const result = await found({}, 'getPublicProduct')
    expect(result?.verdict).toBe('same')
    expect(result?.notes).toContainEqual(expect.objectContaining({ kind: 'absent-field', path: 'is_disabled' }))
  })

  it('goes on after a request that failed, and says which', async () => {
    const { report } = check({ '/transaction_summary': new Error('boom') })
    const done = await report
    expect(done).toMatchObject({ ok: false, failed: 1 })
    expect(done.results.find(({ verdict }) => verdict === 'failed')).toMatchObject({
      endpoint: 'getTransactionSummary',
      error: { code: 'ERR_VENUE_PROTOCOL' },
    })
    expect(done.results.at(-1)?.endpoint).toBe('listV2Transactions')
  })

  it('tells no amounts and no ids', async () => {
    const account = {
      uuid: 'secret-account-id',
      name: 'Savings',
      currency: 'BTC',
      available_balance: { value: '123.456', currency: 'BTC', surprise: '777.888' },
    }
    const done = await check({ '/accounts': { accounts: [account], has_next: false, cursor: '' } }).report
    const text = JSON.stringify(done)
    expect(text).toContain('accounts[].available_balance.surprise')
    for (const secret of ['123.456', '777.888', 'secret-account-id', 'Savings']) expect(text).not.toContain(secret)
  })

  it('refuses to start without a key', async () => {
    const http = memoryHttp(() => json({}))
    await expect(runLiveCheck(clientOptions(http, { signer: undefined }))).rejects.toMatchObject({
      code: 'ERR_CONFIG_MISSING',
    })
    expect(http.requests).toEqual([])
  })
})
