import { type Endpoint, v2, v3 } from './endpoint.js'

/** Every request that Tidegate speaks, by the name of its verb. The name is also the metric label. */
export const ENDPOINTS = {
  listAccounts: v3.read('/accounts', { inSandbox: true }),
  getAccount: v3.read('/accounts/{account_uuid}', { inSandbox: true }),
  listProducts: v3.read('/products', { weight: 3 }),
  getProduct: v3.read('/products/{product_id}', { weight: 3 }),
  getProductBook: v3.read('/product_book', { weight: 3 }),
  getBestBidAsk: v3.read('/best_bid_ask', { weight: 3 }),
  getCandles: v3.read('/products/{product_id}/candles', { weight: 3 }),
  getMarketTrades: v3.read('/products/{product_id}/ticker', { weight: 3 }),
  listPublicProducts: v3.publicRead('/market/products'),
  getPublicProduct: v3.publicRead('/market/products/{product_id}'),
  getPublicProductBook: v3.publicRead('/market/product_book'),
  getPublicCandles: v3.publicRead('/market/products/{product_id}/candles'),
  getPublicMarketTrades: v3.publicRead('/market/products/{product_id}/ticker'),
  getServerTime: v3.publicRead('/time'),
  createOrder: v3.post('/orders', 'order', { inSandbox: true }),
  previewOrder: v3.post('/orders/preview', 'read', { inSandbox: true }),
  editOrder: v3.post('/orders/edit', 'order', { inSandbox: true }),
  previewEdit: v3.post('/orders/edit_preview', 'read', { inSandbox: true }),
  cancelOrders: v3.post('/orders/batch_cancel', 'cancel', { inSandbox: true }),
  closePosition: v3.post('/orders/close_position', 'order', { inSandbox: true }),
  listOrders: v3.read('/orders/historical/batch', { inSandbox: true }),
  listFills: v3.read('/orders/historical/fills', { inSandbox: true }),
  getOrder: v3.read('/orders/historical/{order_id}', { inSandbox: true }),
  listPortfolios: v3.read('/portfolios', { inSandbox: true }),
  createPortfolio: v3.post('/portfolios', 'change'),
  getPortfolio: v3.read('/portfolios/{portfolio_uuid}'),
  renamePortfolio: v3.put('/portfolios/{portfolio_uuid}'),
  deletePortfolio: v3.del('/portfolios/{portfolio_uuid}'),
  moveFunds: v3.post('/portfolios/move_funds', 'change', { permission: 'transfer' }),
  getTransactionSummary: v3.read('/transaction_summary', { weight: 3 }),
  createConvertQuote: v3.post('/convert/quote', 'read'),
  getConvertTrade: v3.read('/convert/trade/{trade_id}'),
  commitConvertTrade: v3.post('/convert/trade/{trade_id}', 'change'),
  getFuturesBalanceSummary: v3.read('/cfm/balance_summary'),
  listFuturesPositions: v3.read('/cfm/positions'),
  getFuturesPosition: v3.read('/cfm/positions/{product_id}'),
  listFuturesSweeps: v3.read('/cfm/sweeps'),
  scheduleFuturesSweep: v3.post('/cfm/sweeps/schedule', 'change', { permission: 'transfer' }),
  cancelFuturesSweep: v3.del('/cfm/sweeps', { permission: 'transfer' }),
  getIntradayMarginSetting: v3.read('/cfm/intraday/margin_setting'),
  setIntradayMarginSetting: v3.post('/cfm/intraday/margin_setting', 'change'),
  getCurrentMarginWindow: v3.read('/cfm/intraday/current_margin_window'),
  allocatePortfolio: v3.post('/intx/allocate', 'change', { permission: 'transfer', inSandbox: true }),
  getPerpetualPortfolio: v3.read('/intx/portfolio/{portfolio_uuid}', { inSandbox: true }),
  listPerpetualPositions: v3.read('/intx/positions/{portfolio_uuid}', { inSandbox: true }),
  getPerpetualPosition: v3.read('/intx/positions/{portfolio_uuid}/{symbol}', { inSandbox: true }),
  listPerpetualBalances: v3.read('/intx/balances/{portfolio_uuid}'),
  setMultiAssetCollateral: v3.post('/intx/multi_asset_collateral', 'change'),
  listPaymentMethods: v3.read('/payment_methods'),
  getPaymentMethod: v3.read('/payment_methods/{payment_method_id}'),
  getKeyPermissions: v3.read('/key_permissions', { permission: 'any' }),
  listV2Accounts: v2.read('/accounts'),
  getV2Account: v2.read('/accounts/{account_id}'),
  listV2Transactions: v2.read('/accounts/{account_id}/transactions'),
  getV2Transaction: v2.read('/accounts/{account_id}/transactions/{transaction_id}'),
  sendV2Money: v2.transfer('/accounts/{account_id}/transactions'),
  listV2Deposits: v2.read('/accounts/{account_id}/deposits'),
  getV2Deposit: v2.read('/accounts/{account_id}/deposits/{deposit_id}'),
  createV2Deposit: v2.transfer('/accounts/{account_id}/deposits'),
  commitV2Deposit: v2.transfer('/accounts/{account_id}/deposits/{deposit_id}/commit'),
  listV2Withdrawals: v2.read('/accounts/{account_id}/withdrawals'),
  getV2Withdrawal: v2.read('/accounts/{account_id}/withdrawals/{withdrawal_id}'),
  createV2Withdrawal: v2.transfer('/accounts/{account_id}/withdrawals'),
  commitV2Withdrawal: v2.transfer('/accounts/{account_id}/withdrawals/{withdrawal_id}/commit'),
  listV2Addresses: v2.read('/accounts/{account_id}/addresses'),
  getV2Address: v2.read('/accounts/{account_id}/addresses/{address_id}'),
  createV2Address: v2.transfer('/accounts/{account_id}/addresses'),
  listV2AddressTransactions: v2.read('/accounts/{account_id}/addresses/{address_id}/transactions'),
  listV2Currencies: v2.publicRead('/currencies'),
  listV2CryptoCurrencies: v2.publicRead('/currencies/crypto'),
  getV2ExchangeRates: v2.publicRead('/exchange-rates'),
  getV2Price: v2.publicRead('/prices/{currency_pair}/{price_type}'),
  getV2Time: v2.publicRead('/time'),
} as const satisfies Record<string, Endpoint>

export type EndpointName = keyof typeof ENDPOINTS

/** Fills the placeholders of an endpoint's path; values are percent-encoded, so an id cannot climb out of its segment. */
export function endpointPath(name: EndpointName, parameters: Readonly<Record<string, string>> = {}): string {
  return ENDPOINTS[name].path.replace(/\{(\w+)\}/g, (_whole, key: string) => {
    const value = parameters[key]
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new RangeError(`${name} needs a usable ${key}`)
    }
    return encodeURIComponent(value)
  })
}

const compiled = Object.entries(ENDPOINTS).map(([name, endpoint]) => ({
  name: name as EndpointName,
  method: endpoint.method,
  literal: !endpoint.path.includes('{'),
  keys: [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string),
  pattern: new RegExp(`^${endpoint.path.replace(/\{\w+\}/g, '([^/]+)')}$`),
}))

/**
 * Finds which request a method and a path are: the server's side of the table. Literal paths win over placeholders.
 *
 * @param path - Without query.
 */
export function matchEndpoint(
  method: string,
  path: string,
): { readonly name: EndpointName; readonly parameters: Readonly<Record<string, string>> } | undefined {
  for (const wantLiteral of [true, false]) {
    for (const entry of compiled) {
      if (entry.literal !== wantLiteral || entry.method !== method) continue
      const match = entry.pattern.exec(path)
      if (!match) continue
      const parameters: Record<string, string> = {}
      for (const [index, key] of entry.keys.entries()) {
        const value = decodeSegment(match[index + 1] ?? '')
        if (value === undefined) return undefined
        parameters[key] = value
      }
      return { name: entry.name, parameters }
    }
  }
  return undefined
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
