import { type Decimal, formatDecimal } from '@tidegate/trading-model'
import { z } from 'zod'
import {
  amount,
  flag,
  identifier,
  listOf,
  moment,
  open,
  optionalListOf,
  optionalMoney,
  optionalText,
} from './primitives.js'

/** A portfolio; `type` is `DEFAULT`, `CONSUMER`, `INTX` or a word we do not know yet. */
export const portfolioSchema = open({ name: optionalText, uuid: identifier, type: optionalText, deleted: flag })
export type WirePortfolio = z.output<typeof portfolioSchema>

/** `GET /api/v3/brokerage/portfolios`. */
export const listPortfoliosResponseSchema = open({ portfolios: listOf(portfolioSchema) })

/** Answer to `POST /portfolios` and `PUT /portfolios/{portfolio_uuid}`. */
export const portfolioResponseSchema = open({ portfolio: portfolioSchema })

/** Money in the user's own currency and in the product's; some answers give one plain amount instead. */
const dualMoney = z
  .union([
    z.string(),
    z.number(),
    open({ value: amount, currency: optionalText, userNativeCurrency: optionalMoney, rawCurrency: optionalMoney }),
  ])
  .nullish()
  .transform((given) => {
    if (typeof given === 'object' && given?.rawCurrency) {
      return { rawCurrency: given.rawCurrency, userNativeCurrency: given.userNativeCurrency }
    }
    const rawCurrency = optionalMoney.parse(typeof given === 'object' && given ? formatBare(given) : given)
    return rawCurrency && { rawCurrency, userNativeCurrency: undefined }
  })

function formatBare(given: { readonly value: Decimal | undefined; readonly currency: string | undefined }) {
  return { value: given.value && formatDecimal(given.value), currency: given.currency }
}

const spotPositionSchema = open({
  asset: optionalText,
  account_uuid: optionalText,
  total_balance_fiat: amount,
  total_balance_crypto: amount,
  available_to_trade_fiat: amount,
  available_to_trade_crypto: amount,
  allocation: amount,
  one_day_change: amount,
  cost_basis: optionalMoney,
  is_cash: flag,
})

const perpetualPositionSchema = open({
  product_id: optionalText,
  product_uuid: optionalText,
  symbol: optionalText,
  vwap: dualMoney,
  position_side: optionalText,
  net_size: amount,
  buy_order_size: amount,
  sell_order_size: amount,
  im_contribution: amount,
  unrealized_pnl: dualMoney,
  mark_price: dualMoney,
  liquidation_price: dualMoney,
  leverage: amount,
  im_notional: dualMoney,
  mm_notional: dualMoney,
  position_notional: dualMoney,
  margin_type: optionalText,
  liquidation_buffer: amount,
  liquidation_percentage: amount,
})

const expiringPositionSchema = open({
  product_id: optionalText,
  contract_size: amount,
  side: optionalText,
  amount,
  avg_entry_price: amount,
  current_price: amount,
  unrealized_pnl: amount,
  expiry: moment,
  underlying_asset: optionalText,
  product_name: optionalText,
  venue: optionalText,
  notional_value: amount,
})

/** `GET /api/v3/brokerage/portfolios/{portfolio_uuid}`. Some positions arrive as JSON numbers; digits are kept. */
export const portfolioBreakdownResponseSchema = open({
  breakdown: open({
    portfolio: portfolioSchema,
    portfolio_balances: open({
      total_balance: optionalMoney,
      total_futures_balance: optionalMoney,
      total_cash_equivalent_balance: optionalMoney,
      total_crypto_balance: optionalMoney,
      futures_unrealized_pnl: optionalMoney,
      perp_unrealized_pnl: optionalMoney,
    }),
    spot_positions: optionalListOf(spotPositionSchema),
    perp_positions: optionalListOf(perpetualPositionSchema),
    futures_positions: optionalListOf(expiringPositionSchema),
  }),
})
export type WirePortfolioBreakdown = z.output<typeof portfolioBreakdownResponseSchema>['breakdown']

/** Answer to `POST /api/v3/brokerage/portfolios/move_funds`: echoes the two portfolios. */
export const moveFundsResponseSchema = open({ source_portfolio_uuid: identifier, target_portfolio_uuid: identifier })
