import { formatDecimal } from '@tidegate/trading-model'
import { monthlyVolume, portfolioValue } from '../../accounts/portfolio-value.js'
import { portfolioUuid } from '../../keys/identity.js'
import { portfolioOf, type Route, v3 } from '../route.js'
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
    portfolio_uuid: portfolioUuid(identity, portfolioOf(key)),
    portfolio_type: key?.portfolioId === undefined ? 'DEFAULT' : 'CONSUMER',
  }),
}

const transactionSummary: Route = {
  method: 'GET',
  path: `${v3}/transaction_summary`,
  verb: 'get-transaction-summary',
  access: 'view',
  handle({ key }, context) {
    const portfolioId = portfolioOf(key)
    const { volumeUsd, feesUsd } = monthlyVolume(context.engine, portfolioId, context.clock.nowMs())
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
      total_balance: formatDecimal(portfolioValue(context.engine, portfolioId).toDecimalPlaces(2)),
      has_promo_fee: false,
      volume_breakdown: [
        { volume_type: 'VOLUME_TYPE_SPOT', volume },
        { volume_type: 'VOLUME_TYPE_US_DERIVATIVES', volume: 0 },
      ],
      has_cost_plus_commission: false,
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

/** Permissions, fees, payment methods. */
export const accountFactRoutes: readonly Route[] = [keyPermissions, transactionSummary, paymentMethods, paymentMethod]
