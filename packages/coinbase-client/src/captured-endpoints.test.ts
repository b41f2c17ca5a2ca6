import { readdirSync } from 'node:fs'
import { ENDPOINTS, type EndpointName, matchEndpoint } from '@tidegate/coinbase-wire'
import { VenueError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { endpointSamples } from '../test-support/endpoint-samples.js'
import { clientOptions, memoryHttp, samplesAbsent, samplesFolder, sampleText } from '../test-support/runtime.js'
import { type CoinbaseClient, createCoinbaseClient } from './index.js'

const folder = 'jkorf-coinbase-net/endpoints/'
const files = samplesAbsent ? [] : readdirSync(`${samplesFolder}${folder}`).filter((file) => file.endsWith('.txt'))

/** Recorded requests of the Coinbase Exchange interface, another product. */
const ofAnotherInterface = new Set(['ExchangeData.GetAggregatedOrderBook.txt', 'ExchangeData.GetAssets.txt'])

const wallets = { fromAccountId: 'from', toAccountId: 'to' }
const order = { amount: '10', currency: 'USD', paymentMethodId: 'pm' }
const funds = '8bfc20d7-f7c6-4422-bf07-8243ca4169fe'

/** Calls whose answer must echo what was asked for: asked as the sample was. */
const askedAs: Partial<Record<string, (client: CoinbaseClient) => Promise<unknown>>> = {
  'Account.CommitConvertTrade.txt': (client) => client.commitConvertTrade('string', wallets),
  'Account.TransferPortfolioFunds.txt': (client) =>
    client.moveFunds({ amount: '1', currency: 'USD', sourcePortfolioId: funds, targetPortfolioId: funds }),
  'Account.Transfer.txt': (client) =>
    client.sendV2Money('w', { to: 'a', amount: '1', currency: 'BTC', idempotencyKey: 'k' }),
  'Account.WithdrawCrypto.txt': (client) =>
    client.sendV2Money('w', { to: 'a', amount: '1', currency: 'BTC', idempotencyKey: 'k' }),
  'Account.Deposit.txt': (client) => client.createV2Deposit('w', order),
  'Account.Withdraw.txt': (client) => client.createV2Withdrawal('w', order),
  'Trading.CancelOrders.txt': (client) => client.cancelOrders(['0000-00000']),
  'Trading.ClosePosition.txt': (client) =>
    client.closePosition({ clientOrderId: '0000-00000-000000', productId: 'BTC-USD' }),
  'Trading.EditOrder.txt': (client) => client.editOrder({ orderId: '11111-00000-000000', price: '1', size: '1' }),
  'Trading.PlaceOrder.txt': (client) =>
    client.createOrder({
      clientOrderId: '0000-00000-000000',
      productId: 'BTC-USD',
      side: 'BUY',
      orderConfiguration: { market_market_ioc: { quote_size: '10' } },
    }),
}

/** Samples with placeholder words where a verdict belongs. */
const honestlyUnknown: Partial<Record<string, string>> = {
  // status TRADE_STATUS_UNSPECIFIED
  'Account.CommitConvertTrade.txt': 'ERR_VENUE_OUTCOME_UNKNOWN',
  // side UNKNOWN_ORDER_SIDE: an order that may be either cannot be listed as one of them
  'Trading.GetOrders.txt': 'ERR_VENUE_PROTOCOL',
}

describe.skipIf(samplesAbsent)('captured answers (shared/fixtures): each recorded endpoint', () => {
  it.each(files.filter((file) => !ofAnotherInterface.has(file)))('%s is read by its verb', async (file) => {
    const [method = '', path = '', isPrivate, ...rest] = sampleText(`${folder}${file}`).split('\n')
    const name = matchEndpoint(method.trim(), path.trim())?.name as EndpointName
    expect(name).toBeDefined()
    const sample = endpointSamples[name]
    // A fill list ends with an empty page: the sample is the page before it.
    const http = memoryHttp((_request, _path, query) => ({
      body: query.get('cursor') === '789100' ? '{"fills":[],"cursor":""}' : rest.join('\n'),
    }))
    const client = createCoinbaseClient({ ...clientOptions(http), ...(sample.keyless ? { signer: undefined } : {}) })
    const outcome = await (askedAs[file] ?? sample.call)(client).then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    )
    if (honestlyUnknown[file]) {
      expect((outcome as { error: VenueError }).error).toMatchObject({ code: honestlyUnknown[file] })
    } else {
      const { error } = outcome as { error?: unknown }
      expect(error instanceof VenueError ? error.shortMessage : error).toBeUndefined()
    }
    expect(http.requests).toHaveLength(name === 'listFills' ? 2 : 1)
    expect(ENDPOINTS[name].permission !== 'public').toBe(isPrivate?.trim() === 'true')
  })

  it('leaves out nothing of the interface: the others are of the Exchange', () => {
    const unmatched = files.filter((file) => {
      const [method = '', path = ''] = sampleText(`${folder}${file}`).split('\n')
      return !matchEndpoint(method.trim(), path.trim())
    })
    expect(unmatched).toEqual([...ofAnotherInterface])
    expect(files.length).toBeGreaterThanOrEqual(53)
  })
})
