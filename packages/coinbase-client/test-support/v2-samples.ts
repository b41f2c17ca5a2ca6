import type { EndpointName } from '@tidegate/coinbase-wire'
import { Decimal } from '@tidegate/trading-model'
import type { Sample } from './endpoint-samples.js'

const d = (text: string) => new Decimal(text)
const money = (amount: string, currency = 'USD') => ({ amount, currency })
const pagination = { ending_before: null, starting_after: null, limit: 25, order: 'desc', next_uri: null }
const page = (row: unknown) => ({ pagination, data: [row] })
const query = '?limit=100&order=desc'

const account = { id: 'w', name: 'BTC Wallet', currency: { code: 'BTC', exponent: 8 }, balance: money('1.5', 'BTC') }
const accountResult = { id: 'w', currency: 'BTC', balance: { amount: d('1.5'), currency: 'BTC' } }
export const row = {
  id: 'tx',
  type: 'a_type_of_tomorrow',
  status: 'pending',
  amount: money('-2.01', 'USDT'),
  native_amount: money('-2.01'),
  created_at: '2026-01-02T03:04:05Z',
  idem: 'key-1',
  network: { hash: '0x1', network_name: 'ethereum', transaction_fee: money('1.53', 'USDT') },
}
const rowResult = {
  id: 'tx',
  type: 'a_type_of_tomorrow',
  amount: { amount: d('-2.01'), currency: 'USDT' },
  createdAtMs: 1_767_323_045_000,
  network: { networkName: 'ethereum', transactionFee: { amount: d('1.53') } },
}
export const transfer = {
  id: 't',
  status: 'created',
  amount: money('10.00'),
  fee: money('0.15'),
  committed: false,
  payment_method: { id: 'pm', resource: 'payment_method' },
  payout_at: '2026-01-02T03:04:05-07:00',
}
const transferResult = { id: 't', status: 'created', amount: { amount: d('10') }, payoutAtMs: 1_767_348_245_000 }
const address = { id: 'a', address: '0xabc', network: 'ethereum', name: null, destination_tag: '123' }
const addressResult = { id: 'a', address: '0xabc', destinationTag: '123' }
const order = { amount: '10', currency: 'USD', paymentMethodId: 'pm' }
const orderBody = { amount: '10', currency: 'USD', payment_method: 'pm', commit: false }

/** Samples of the Coinbase App interface. */
export const v2Samples = {
  listV2Accounts: { call: (c) => c.listV2Accounts(), answer: page(account), query, result: [accountResult] },
  getV2Account: { call: (c) => c.getV2Account('w'), answer: { data: account }, result: accountResult },
  listV2Transactions: { call: (c) => c.listV2Transactions('w'), answer: page(row), query, result: [rowResult] },
  getV2Transaction: { call: (c) => c.getV2Transaction('w', 'tx'), answer: { data: row }, result: rowResult },
  sendV2Money: {
    call: (c) =>
      c.sendV2Money('w', {
        to: '0xabc',
        amount: d('2.01'),
        currency: 'USDT',
        idempotencyKey: 'key-1',
        network: 'ethereum',
        destinationTag: '9',
      }),
    answer: { data: row },
    body: {
      type: 'send',
      to: '0xabc',
      amount: '2.01',
      currency: 'USDT',
      idem: 'key-1',
      network: 'ethereum',
      destination_tag: '9',
    },
    result: rowResult,
  },
  listV2Deposits: { call: (c) => c.listV2Deposits('w'), answer: page(transfer), query, result: [transferResult] },
  getV2Deposit: { call: (c) => c.getV2Deposit('w', 't'), answer: { data: transfer }, result: transferResult },
  createV2Deposit: {
    call: (c) => c.createV2Deposit('w', order),
    answer: { data: transfer },
    body: orderBody,
    result: transferResult,
  },
  commitV2Deposit: { call: (c) => c.commitV2Deposit('w', 't'), answer: { data: transfer }, result: transferResult },
  listV2Withdrawals: { call: (c) => c.listV2Withdrawals('w'), answer: page(transfer), query, result: [transferResult] },
  getV2Withdrawal: { call: (c) => c.getV2Withdrawal('w', 't'), answer: { data: transfer }, result: transferResult },
  createV2Withdrawal: {
    call: (c) => c.createV2Withdrawal('w', { ...order, commit: true }),
    answer: { data: transfer },
    body: { ...orderBody, commit: true },
    result: transferResult,
  },
  commitV2Withdrawal: {
    call: (c) => c.commitV2Withdrawal('w', 't'),
    answer: { data: transfer },
    result: transferResult,
  },
  listV2Addresses: { call: (c) => c.listV2Addresses('w'), answer: page(address), query, result: [addressResult] },
  getV2Address: { call: (c) => c.getV2Address('w', 'a'), answer: { data: address }, result: addressResult },
  createV2Address: {
    call: (c) => c.createV2Address('w', 'mine'),
    answer: { data: address },
    body: { name: 'mine' },
    result: addressResult,
  },
  listV2AddressTransactions: {
    call: (c) => c.listV2AddressTransactions('w', 'a'),
    answer: page(row),
    query,
    result: [rowResult],
  },
  listV2Currencies: {
    call: (c) => c.listV2Currencies(),
    answer: { data: [{ id: 'EUR', name: 'Euro', min_size: '0.01' }] },
    result: [{ id: 'EUR', minSize: d('0.01') }],
  },
  listV2CryptoCurrencies: {
    call: (c) => c.listV2CryptoCurrencies(),
    answer: { data: [{ code: 'BTC', exponent: 8, asset_id: 'x' }] },
    result: [{ code: 'BTC', exponent: 8, assetId: 'x' }],
  },
  getV2ExchangeRates: {
    call: (c) => c.getV2ExchangeRates('USD'),
    answer: { data: { currency: 'USD', rates: { EUR: '0.9', XYZ: '' } } },
    query: '?currency=USD',
    result: { currency: 'USD', rates: new Map([['EUR', d('0.9')]]) },
  },
  getV2Price: {
    call: (c) => c.getV2Price('BTC-USD', 'buy'),
    answer: { data: { base: 'BTC', currency: 'USD', amount: '60500.25' } },
    result: d('60500.25'),
  },
  getV2Time: {
    call: (c) => c.getV2Time(),
    answer: { data: { iso: '2026-01-02T03:04:05Z', epoch: 1_767_323_045 } },
    result: 1_767_323_045_000,
  },
} as const satisfies Partial<Record<EndpointName, Sample>>
