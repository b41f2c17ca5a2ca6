import { formatDecimal, ZERO } from '@tidegate/trading-model'
import { monthlyVolume, usdValue } from '../../accounts/portfolio-value.js'
import { type ExchangeContext, type Route, v3 } from '../route.js'
import { v3Fault } from '../wire-fault.js'

const keyPermissions: Route = {
  method: 'GET',
  path: `${v3}/key_permissions`,
  verb: 'get-key-permissions',
  access: 'any',
  handle: ({ key }, { identity }) => ({
    can_view: key?.canView ?? true,
    can_trade: key?.canTrade ?? true,
    can_transfer: key?.canTransfer ?? false,
    portfolio_uuid: identity.portfolioId,
    portfolio_type: 'DEFAULT',
  }),
}

function totalBalance({ engine }: ExchangeContext) {
  const wallets = engine.state.wallets.all()
  return wallets.reduce((sum, w) => sum.add(usdValue(engine, w.currency, w.available.add(w.hold))), ZERO)
}

const transactionSummary: Route = {
  method: 'GET',
  path: `${v3}/transaction_summary`,
  verb: 'get-transaction-summary',
  access: 'view',
  handle(_request, context) {
    const { volumeUsd, feesUsd } = monthlyVolume(context.engine, context.clock.nowMs())
    // These totals are JSON numbers on the wire; they inform, nothing is computed from them here.
    const volume = volumeUsd.toDecimalPlaces(8).toNumber()
    const fees = feesUsd.toDecimalPlaces(8).toNumber()
    return {
      total_volume: volume,
      total_fees: fees,
      fee_tier: {
        pricing_tier: context.fees.tier,
        usd_from: '',
        usd_to: '',
        taker_fee_rate: formatDecimal(context.fees.takerRate),
        maker_fee_rate: formatDecimal(context.fees.makerRate),
        aop_from: '0',
        aop_to: '1000000',
        perps_vol_from: '',
        perps_vol_to: '',
        futures_vol_from: '',
        futures_vol_to: '',
        volume_types_and_range: [],
      },
      margin_rate: null,
      goods_and_services_tax: null,
      advanced_trade_only_volume: volume,
      advanced_trade_only_fees: fees,
      coinbase_pro_volume: 0,
      coinbase_pro_fees: 0,
      total_balance: formatDecimal(totalBalance(context).toDecimalPlaces(2)),
      has_promo_fee: false,
      volume_breakdown: [{ volume_type: 'VOLUME_TYPE_SPOT', volume }],
      has_cost_plus_commission: false,
    }
  },
}

function defaultPortfolio({ identity }: ExchangeContext) {
  return { name: 'Default', uuid: identity.portfolioId, type: 'DEFAULT', deleted: false }
}

const listPortfolios: Route = {
  method: 'GET',
  path: `${v3}/portfolios`,
  verb: 'list-portfolios',
  access: 'view',
  handle({ query }, context) {
    const type = query.text('portfolio_type') ?? 'DEFAULT'
    return { portfolios: type === 'DEFAULT' || type === 'UNDEFINED' ? [defaultPortfolio(context)] : [] }
  },
}

const portfolioBreakdown: Route = {
  method: 'GET',
  path: `${v3}/portfolios/{portfolio_uuid}`,
  verb: 'get-portfolio',
  access: 'view',
  handle({ parameters }, context) {
    if (parameters['portfolio_uuid'] !== context.identity.portfolioId) {
      throw v3Fault(404, 'NOT_FOUND', 'portfolio not found')
    }
    const { engine, identity } = context
    const wallets = engine.state.wallets.all()
    const isCash = (currency: string) => currency === 'USD' || currency === 'USDC'
    const worth = (cash: boolean) =>
      wallets
        .filter((wallet) => isCash(wallet.currency) === cash)
        .reduce((sum, w) => sum.add(usdValue(engine, w.currency, w.available.add(w.hold))), ZERO)
    const usd = (value: ReturnType<typeof worth>) => ({
      value: formatDecimal(value.toDecimalPlaces(2)),
      currency: 'USD',
    })
    const total = totalBalance(context)
    return {
      breakdown: {
        portfolio: defaultPortfolio(context),
        portfolio_balances: {
          total_balance: usd(total),
          total_futures_balance: usd(ZERO),
          total_cash_equivalent_balance: usd(worth(true)),
          total_crypto_balance: usd(worth(false)),
          futures_unrealized_pnl: usd(ZERO),
          perp_unrealized_pnl: usd(ZERO),
        },
        // Positions are JSON numbers on the wire: for display only.
        spot_positions: wallets.map(({ currency, available, hold }) => ({
          asset: currency,
          account_uuid: identity.accountId(currency),
          total_balance_fiat: usdValue(engine, currency, available.add(hold)).toDecimalPlaces(2).toNumber(),
          total_balance_crypto: available.add(hold).toNumber(),
          available_to_trade_fiat: usdValue(engine, currency, available).toDecimalPlaces(2).toNumber(),
          allocation: total.isZero()
            ? 0
            : usdValue(engine, currency, available.add(hold)).div(total).toDecimalPlaces(6).toNumber(),
          cost_basis: { value: '', currency: 'USD' },
          asset_img_url: '',
          is_cash: isCash(currency),
        })),
        perp_positions: [],
        futures_positions: [],
      },
    }
  },
}

const paymentMethods: Route = {
  method: 'GET',
  path: `${v3}/payment_methods`,
  verb: 'list-payment-methods',
  access: 'view',
  handle: () => ({ payment_methods: [] }),
}

const paymentMethod: Route = {
  method: 'GET',
  path: `${v3}/payment_methods/{payment_method_id}`,
  verb: 'get-payment-method',
  access: 'view',
  handle: () => {
    throw v3Fault(404, 'NOT_FOUND', 'payment method not found')
  },
}

/** Permissions, fees, portfolios, payment methods. */
export const accountFactRoutes: readonly Route[] = [
  keyPermissions,
  transactionSummary,
  listPortfolios,
  portfolioBreakdown,
  paymentMethods,
  paymentMethod,
]
