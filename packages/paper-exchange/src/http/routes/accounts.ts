import { formatTimestamp, type WireAccountInput, type WireListAccountsInput } from '@tidegate/coinbase-wire'
import { formatDecimal } from '@tidegate/trading-model'
import type { Wallet } from '../../accounts/wallets.js'
import { portfolioUuid } from '../../keys/identity.js'
import { pageOf } from '../page.js'
import { type ExchangeContext, namesAnother, portfolioOf, type Route, v3 } from '../route.js'
import { v3Fault } from '../wire-fault.js'

const fiat: ReadonlySet<string> = new Set(['USD', 'EUR', 'GBP'])

function toWireAccount(
  wallet: Wallet,
  context: ExchangeContext,
  portfolioId: string,
): WireAccountInput & Record<string, unknown> {
  const { currency } = wallet
  const isFiat = fiat.has(currency)
  const openedAtMs = context.engine.state.deposits[0]?.atMs ?? context.clock.nowMs()
  return {
    uuid: context.identity.accountId(currency, portfolioId),
    name: isFiat ? `Cash (${currency})` : `${currency} Wallet`,
    currency,
    available_balance: { value: formatDecimal(wallet.available), currency },
    default: currency === 'USD',
    active: true,
    created_at: formatTimestamp(openedAtMs),
    updated_at: formatTimestamp(context.clock.nowMs()),
    deleted_at: null,
    type: isFiat ? 'ACCOUNT_TYPE_FIAT' : 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
    hold: { value: formatDecimal(wallet.hold), currency },
    retail_portfolio_id: portfolioUuid(context.identity, portfolioId),
    platform: 'ACCOUNT_PLATFORM_CONSUMER',
  }
}

const listAccounts: Route = {
  method: 'GET',
  path: `${v3}/accounts`,
  verb: 'list-accounts',
  access: 'view',
  handle({ query, key }, context) {
    const portfolioId = portfolioOf(key)
    const isElsewhere = namesAnother(query.text('retail_portfolio_id'), key, context)
    const wallets = isElsewhere ? [] : context.engine.state.walletsOf(portfolioId).all()
    const numbered = wallets.map((wallet, index) => ({ wallet, sequence: wallets.length - index }))
    const limit = Math.min(250, query.count('limit') ?? 49)
    const page = pageOf(numbered, (row) => row.sequence, limit, query.text('cursor'))
    return {
      accounts: page.rows.map(({ wallet }) => toWireAccount(wallet, context, portfolioId)),
      has_next: page.hasNext,
      cursor: page.cursor,
      size: page.rows.length,
    } satisfies WireListAccountsInput
  },
}

const getAccount: Route = {
  method: 'GET',
  path: `${v3}/accounts/{account_uuid}`,
  verb: 'get-account',
  access: 'view',
  handle({ parameters, key }, context) {
    const portfolioId = portfolioOf(key)
    const wallet = context.engine.state
      .walletsOf(portfolioId)
      .all()
      .find(({ currency }) => context.identity.accountId(currency, portfolioId) === parameters['account_uuid'])
    if (!wallet) throw v3Fault(404, 'NOT_FOUND', 'account not found')
    return { account: toWireAccount(wallet, context, portfolioId) }
  },
}

/** Wallets. */
export const accountRoutes: readonly Route[] = [listAccounts, getAccount]
