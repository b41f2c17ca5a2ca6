import { formatTimestamp } from '@tidegate/coinbase-wire'
import { type LedgerRow, ledgerOf } from '../../accounts/ledger.js'
import { usdPrice, usdValue } from '../../accounts/portfolio-value.js'
import type { Wallet } from '../../accounts/wallets.js'
import { uuidFrom } from '../../keys/identity.js'
import { text } from '../../wire/to-wire-product.js'
import { type ExchangeContext, portfolioOf, type Route } from '../route.js'
import { v2NotFound } from '../wire-fault.js'
import { paged } from './v2-page.js'

const fiatNames: Readonly<Record<string, string>> = { USD: 'US Dollar', EUR: 'Euro', GBP: 'British Pound' }

function currencies({ engine }: ExchangeContext): readonly string[] {
  const codes = engine.listProducts().flatMap((product) => [product.baseCurrency, product.quoteCurrency])
  return [...new Set([...codes, ...engine.state.wallets.all().map((wallet) => wallet.currency)])]
}

function cryptoAsset(code: string, index: number) {
  return {
    asset_id: uuidFrom('asset', code),
    code,
    name: code,
    color: '#0052FF',
    sort_index: 100 + index,
    exponent: 8,
    type: 'crypto',
    address_regex: '',
  }
}

function toV2Account(wallet: Wallet, context: ExchangeContext, portfolioId: string) {
  const { currency } = wallet
  const id = context.identity.accountId(currency, portfolioId)
  const isFiat = currency in fiatNames
  const openedAt = formatTimestamp(context.engine.state.deposits[0]?.atMs ?? context.clock.nowMs())
  return {
    id,
    name: isFiat ? `Cash (${currency})` : `${currency} Wallet`,
    primary: currency === 'USD',
    type: isFiat ? 'fiat' : 'wallet',
    currency: {
      code: currency,
      name: fiatNames[currency] ?? currency,
      type: isFiat ? 'fiat' : 'crypto',
      exponent: isFiat ? 2 : 8,
    },
    balance: { amount: text(wallet.available.add(wallet.hold)), currency },
    created_at: openedAt,
    updated_at: openedAt,
    resource: 'account',
    resource_path: `/v2/accounts/${id}`,
    allow_deposits: false,
    allow_withdrawals: false,
  }
}

/** A portfolio's wallet by its id or its currency. @throws a 404 in the v2 words. */
export function findWallet(id: string | undefined, { engine, identity }: ExchangeContext, portfolioId: string): Wallet {
  const wallet = engine.state
    .walletsOf(portfolioId)
    .all()
    .find(({ currency }) => currency === id || identity.accountId(currency, portfolioId) === id)
  if (!wallet) throw v2NotFound()
  return wallet
}

function toTransaction(row: LedgerRow, currency: string, context: ExchangeContext, portfolioId: string) {
  const accountId = context.identity.accountId(currency, portfolioId)
  const native = usdValue(context.engine, currency, row.amount).toDecimalPlaces(2)
  const at = formatTimestamp(row.atMs)
  return {
    id: row.id,
    type: row.type,
    status: 'completed',
    amount: { amount: text(row.amount), currency },
    native_amount: { amount: native.toFixed(2), currency: 'USD' },
    description: null,
    created_at: at,
    updated_at: at,
    resource: 'transaction',
    resource_path: `/v2/accounts/${accountId}/transactions/${row.id}`,
    ...(row.fill
      ? {
          advanced_trade_fill: {
            fill_price: text(row.fill.price),
            product_id: row.fill.productId,
            order_id: row.fill.orderId,
            commission: text(row.fill.fee),
            order_side: row.fill.side.toLowerCase(),
          },
        }
      : {}),
  }
}

function transactionsOf(id: string | undefined, context: ExchangeContext, portfolioId: string) {
  const { currency } = findWallet(id, context, portfolioId)
  const rows = ledgerOf(context.engine.state, portfolioId, currency)
  return rows.map((row) => toTransaction(row, currency, context, portfolioId))
}

function get(path: string, verb: string, access: Route['access'], handle: Route['handle']): Route {
  return { method: 'GET', path, verb, access, handle }
}

/** The v2 calls that Advanced Trade clients make: reference data at start, wallets, and the ledger. */
export const v2Routes: readonly Route[] = [
  get('/v2/time', 'v2-get-time', 'public', (_request, { clock }) => {
    const epoch = Math.floor(clock.nowMs() / 1_000)
    return { data: { iso: formatTimestamp(epoch * 1_000), epoch } }
  }),
  get('/v2/currencies', 'v2-list-currencies', 'public', (_request, context) => ({
    data: currencies(context)
      .filter((code) => code in fiatNames)
      .map((code) => ({ id: code, name: fiatNames[code] ?? code, min_size: '0.01000000' })),
  })),
  get('/v2/currencies/crypto', 'v2-list-crypto-currencies', 'public', (_request, context) => ({
    data: currencies(context)
      .filter((code) => !(code in fiatNames))
      .map(cryptoAsset),
  })),
  get('/v2/exchange-rates', 'v2-get-exchange-rates', 'public', ({ query }, context) => {
    const currency = query.text('currency') ?? 'USD'
    const unit = usdPrice(context.engine, currency)
    if (!unit) throw v2NotFound()
    const rates = currencies(context).flatMap((code) => {
      const price = usdPrice(context.engine, code)
      return price ? [[code, text(unit.div(price).toSignificantDigits(16))]] : []
    })
    return { data: { currency, rates: Object.fromEntries(rates) } }
  }),
  get('/v2/prices/{pair}/{price_type}', 'v2-get-price', 'public', ({ parameters }, { engine }) => {
    const product = engine.product(parameters['pair'] ?? '')
    const market = product && engine.market(product.productId)
    // To buy one pays the offer, to sell one gets the bid; neither without a fee, which depends on the order.
    const price = {
      spot: market?.lastPrice,
      buy: market?.best('ask')?.price,
      sell: market?.best('bid')?.price,
    }[parameters['price_type'] ?? '']
    if (!product || !price) throw v2NotFound()
    return { data: { base: product.baseCurrency, currency: product.quoteCurrency, amount: text(price) } }
  }),
  get('/v2/accounts', 'v2-list-accounts', 'view', ({ query, key }, context) => {
    const portfolioId = portfolioOf(key)
    const wallets = context.engine.state.walletsOf(portfolioId).all()
    const rows = wallets.map((wallet) => toV2Account(wallet, context, portfolioId))
    return paged(rows, query, '/v2/accounts')
  }),
  get('/v2/accounts/{account_id}', 'v2-get-account', 'view', ({ parameters, key }, context) => {
    const portfolioId = portfolioOf(key)
    return { data: toV2Account(findWallet(parameters['account_id'], context, portfolioId), context, portfolioId) }
  }),
  get(
    '/v2/accounts/{account_id}/transactions',
    'v2-list-transactions',
    'view',
    ({ parameters, query, key }, context) => {
      const id = parameters['account_id']
      return paged(transactionsOf(id, context, portfolioOf(key)), query, `/v2/accounts/${id}/transactions`)
    },
  ),
  get(
    '/v2/accounts/{account_id}/transactions/{transaction_id}',
    'v2-get-transaction',
    'view',
    ({ parameters, key }, context) => {
      const rows = transactionsOf(parameters['account_id'], context, portfolioOf(key))
      const row = rows.find(({ id }) => id === parameters['transaction_id'])
      if (!row) throw v2NotFound()
      return { data: row }
    },
  ),
]
