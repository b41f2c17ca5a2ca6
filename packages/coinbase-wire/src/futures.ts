import type { z } from 'zod'
import { amount, flag, identifier, listOf, moment, open, optionalMoney, optionalText } from './primitives.js'

const marginWindowMeasure = open({
  margin_window_type: optionalText,
  margin_level: optionalText,
  initial_margin: amount,
  maintenance_margin: amount,
  liquidation_buffer: amount,
  total_hold: amount,
  futures_buying_power: amount,
})
  .nullish()
  .transform((value) => value ?? undefined)

/** `GET /api/v3/brokerage/cfm/balance_summary`: US futures, amounts in USD. */
export const futuresBalanceSummaryResponseSchema = open({
  balance_summary: open({
    futures_buying_power: optionalMoney,
    total_usd_balance: optionalMoney,
    cbi_usd_balance: optionalMoney,
    cfm_usd_balance: optionalMoney,
    total_open_orders_hold_amount: optionalMoney,
    unrealized_pnl: optionalMoney,
    daily_realized_pnl: optionalMoney,
    initial_margin: optionalMoney,
    available_margin: optionalMoney,
    liquidation_threshold: optionalMoney,
    liquidation_buffer_amount: optionalMoney,
    liquidation_buffer_percentage: amount,
    intraday_margin_window_measure: marginWindowMeasure,
    overnight_margin_window_measure: marginWindowMeasure,
  }),
})
export type WireFuturesBalanceSummary = z.output<typeof futuresBalanceSummaryResponseSchema>['balance_summary']

/** A position in contracts. Money arrives as plain text or with its currency; both are read. */
export const futuresPositionSchema = open({
  product_id: identifier,
  expiration_time: moment,
  side: optionalText,
  number_of_contracts: amount,
  contract_size: amount,
  current_price: optionalMoney,
  avg_entry_price: optionalMoney,
  liquidation_price: optionalMoney,
  unrealized_pnl: optionalMoney,
  daily_realized_pnl: optionalMoney,
})
export type WireFuturesPosition = z.output<typeof futuresPositionSchema>

/** `GET /api/v3/brokerage/cfm/positions`. */
export const listFuturesPositionsResponseSchema = open({ positions: listOf(futuresPositionSchema) })

/** `GET /api/v3/brokerage/cfm/positions/{product_id}`. */
export const futuresPositionResponseSchema = open({ position: futuresPositionSchema })

/** A move of money between the futures and the spot wallet that waits for its time. */
export const futuresSweepSchema = open({
  id: identifier,
  requested_amount: optionalMoney,
  should_sweep_all: flag,
  status: optionalText,
  schedule_time: moment,
})
export type WireFuturesSweep = z.output<typeof futuresSweepSchema>

/** `GET /api/v3/brokerage/cfm/sweeps`. */
export const listFuturesSweepsResponseSchema = open({ sweeps: listOf(futuresSweepSchema) })

/** `GET /api/v3/brokerage/cfm/intraday/margin_setting`. */
export const intradayMarginSettingResponseSchema = open({ setting: identifier })

/** `GET /api/v3/brokerage/cfm/intraday/current_margin_window`. */
export const currentMarginWindowResponseSchema = open({
  margin_window: open({ margin_window_type: optionalText, end_time: moment }),
  is_intraday_margin_killswitch_enabled: flag,
  is_intraday_margin_enrollment_killswitch_enabled: flag,
})
export type WireCurrentMarginWindow = z.output<typeof currentMarginWindowResponseSchema>
