import type { z } from 'zod'
import { amount, flag, identifier, listOf, open, optionalListOf, optionalMoney, optionalText } from './primitives.js'

const summarySchema = open({
  unrealized_pnl: optionalMoney,
  buying_power: optionalMoney,
  total_balance: optionalMoney,
  max_withdrawal_amount: optionalMoney,
  max_withdrawal: optionalMoney,
})
const optionalSummary = summarySchema.nullish().transform((value) => value ?? undefined)

const perpetualPortfolioSchema = open({
  portfolio_uuid: optionalText,
  collateral: amount,
  position_notional: amount,
  open_position_notional: amount,
  pending_fees: amount,
  borrow: amount,
  accrued_interest: amount,
  rolling_debt: amount,
  portfolio_initial_margin: amount,
  portfolio_im_notional: optionalMoney,
  portfolio_maintenance_margin: amount,
  portfolio_mm_notional: optionalMoney,
  liquidation_percentage: amount,
  liquidation_buffer: amount,
  margin_type: optionalText,
  margin_flags: optionalText,
  liquidation_status: optionalText,
  unrealized_pnl: optionalMoney,
  total_balance: optionalMoney,
})

/** `GET /api/v3/brokerage/intx/portfolio/{portfolio_uuid}`: amounts in the portfolio's collateral currency (USDC). */
export const perpetualPortfolioResponseSchema = open({
  portfolios: listOf(perpetualPortfolioSchema),
  summary: optionalSummary,
})
export type WirePerpetualPortfolio = z.output<typeof perpetualPortfolioResponseSchema>

/** A perpetual position: sizes in base units, money with its currency. */
export const perpetualPositionSchema = open({
  product_id: identifier,
  product_uuid: optionalText,
  portfolio_uuid: optionalText,
  symbol: optionalText,
  vwap: optionalMoney,
  entry_vwap: optionalMoney,
  position_side: optionalText,
  margin_type: optionalText,
  net_size: amount,
  buy_order_size: amount,
  sell_order_size: amount,
  im_contribution: amount,
  unrealized_pnl: optionalMoney,
  mark_price: optionalMoney,
  liquidation_price: optionalMoney,
  leverage: amount,
  im_notional: optionalMoney,
  mm_notional: optionalMoney,
  position_notional: optionalMoney,
  aggregated_pnl: optionalMoney,
})
export type WirePerpetualPosition = z.output<typeof perpetualPositionSchema>

/** `GET /api/v3/brokerage/intx/positions/{portfolio_uuid}`; the summary goes by two names. */
export const listPerpetualPositionsResponseSchema = open({
  positions: listOf(perpetualPositionSchema),
  summary: optionalSummary,
  portfolio_summary: optionalSummary,
})
export type WirePerpetualPositions = z.output<typeof listPerpetualPositionsResponseSchema>

/** `GET /api/v3/brokerage/intx/positions/{portfolio_uuid}/{symbol}`. */
export const perpetualPositionResponseSchema = open({ position: perpetualPositionSchema })

const perpetualBalanceSchema = open({
  asset: open({
    asset_id: optionalText,
    asset_uuid: optionalText,
    asset_name: optionalText,
    status: optionalText,
    collateral_weight: amount,
    account_collateral_limit: amount,
    ecosystem_collateral_limit_breached: flag,
  })
    .nullish()
    .transform((value) => value ?? undefined),
  quantity: amount,
  hold: amount,
  transfer_hold: amount,
  collateral_value: amount,
  collateral_weight: amount,
  max_withdraw_amount: amount,
  loan: amount,
  loan_collateral_requirement_usd: amount,
  pledged_quantity: amount,
})

/** `GET /api/v3/brokerage/intx/balances/{portfolio_uuid}`. */
export const perpetualBalancesResponseSchema = open({
  portfolio_balances: listOf(
    open({
      portfolio_uuid: optionalText,
      balances: optionalListOf(perpetualBalanceSchema),
      is_margin_limit_reached: flag,
    }),
  ),
})
export type WirePerpetualBalances = z.output<typeof perpetualBalancesResponseSchema>['portfolio_balances'][number]

/** Answer to `POST /intx/multi_asset_collateral`: the state now, under one of two names. */
export const multiAssetCollateralResponseSchema = open({
  cross_collateral_enabled: flag,
  multi_asset_collateral_enabled: flag,
}).refine(
  (answer) => (answer.cross_collateral_enabled ?? answer.multi_asset_collateral_enabled) !== undefined,
  'neither cross_collateral_enabled nor multi_asset_collateral_enabled',
)
