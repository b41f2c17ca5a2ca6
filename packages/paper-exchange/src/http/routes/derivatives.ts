import { type Route, type RouteAccess, v3 } from '../route.js'
import { badRequest, v3Fault } from '../wire-fault.js'

const noMoney = (currency: 'USD' | 'USDC') => ({ value: '0', currency })

const noMargin = {
  margin_window_type: 'FCM_MARGIN_WINDOW_TYPE_UNSPECIFIED',
  margin_level: 'MARGIN_LEVEL_TYPE_BASE',
  initial_margin: '0',
  maintenance_margin: '0',
  liquidation_buffer: '0',
  total_hold: '0',
  futures_buying_power: '0',
}

const balanceSummary = {
  futures_buying_power: noMoney('USD'),
  total_usd_balance: noMoney('USD'),
  cbi_usd_balance: noMoney('USD'),
  cfm_usd_balance: noMoney('USD'),
  total_open_orders_hold_amount: noMoney('USD'),
  unrealized_pnl: noMoney('USD'),
  daily_realized_pnl: noMoney('USD'),
  initial_margin: noMoney('USD'),
  available_margin: noMoney('USD'),
  liquidation_threshold: noMoney('USD'),
  liquidation_buffer_amount: noMoney('USD'),
  liquidation_buffer_percentage: '0',
  intraday_margin_window_measure: noMargin,
  overnight_margin_window_measure: noMargin,
}

const perpetualSummary = {
  unrealized_pnl: noMoney('USDC'),
  buying_power: noMoney('USDC'),
  total_balance: noMoney('USDC'),
  max_withdrawal_amount: noMoney('USDC'),
}

const marginWindow = {
  margin_window: { margin_window_type: 'FCM_MARGIN_WINDOW_TYPE_UNSPECIFIED', end_time: null },
  is_intraday_margin_killswitch_enabled: false,
  is_intraday_margin_enrollment_killswitch_enabled: false,
}

function route(method: Route['method'], path: string, verb: string, access: RouteAccess, answer: () => unknown): Route {
  return { method, path: `${v3}${path}`, verb, access, handle: () => answer() }
}

const refuse = (why: string) => () => {
  throw badRequest(why)
}
const notFound = (what: string) => () => {
  throw v3Fault(404, 'NOT_FOUND', `${what} not found`)
}
const noFutures = refuse('futures account is not available')
const noPerpetuals = refuse('perpetuals portfolio is not available')

/** US futures and perpetuals: an account that has none of either. Converts: none on offer. */
export const derivativeRoutes: readonly Route[] = [
  route('GET', '/cfm/balance_summary', 'get-futures-balance', 'view', () => ({ balance_summary: balanceSummary })),
  route('GET', '/cfm/positions', 'list-futures-positions', 'view', () => ({ positions: [] })),
  route('GET', '/cfm/positions/{product_id}', 'get-futures-position', 'view', notFound('position')),
  route('GET', '/cfm/sweeps', 'list-futures-sweeps', 'view', () => ({ sweeps: [] })),
  route('POST', '/cfm/sweeps/schedule', 'schedule-futures-sweep', 'transfer', noFutures),
  route('DELETE', '/cfm/sweeps', 'cancel-futures-sweep', 'transfer', noFutures),
  route('GET', '/cfm/intraday/margin_setting', 'get-margin-setting', 'view', () => ({
    setting: 'INTRADAY_MARGIN_SETTING_STANDARD',
  })),
  route('POST', '/cfm/intraday/margin_setting', 'set-margin-setting', 'trade', noFutures),
  route('GET', '/cfm/intraday/current_margin_window', 'get-margin-window', 'view', () => marginWindow),
  route('POST', '/intx/allocate', 'allocate-portfolio', 'transfer', noPerpetuals),
  route('GET', '/intx/portfolio/{portfolio_uuid}', 'get-perpetual-portfolio', 'view', () => ({
    portfolios: [],
    summary: perpetualSummary,
  })),
  route('GET', '/intx/positions/{portfolio_uuid}', 'list-perpetual-positions', 'view', () => ({
    positions: [],
    summary: perpetualSummary,
  })),
  route('GET', '/intx/positions/{portfolio_uuid}/{symbol}', 'get-perpetual-position', 'view', notFound('position')),
  route('GET', '/intx/balances/{portfolio_uuid}', 'list-perpetual-balances', 'view', () => ({
    portfolio_balances: [],
  })),
  route('POST', '/intx/multi_asset_collateral', 'set-multi-asset-collateral', 'trade', noPerpetuals),
  route('POST', '/convert/quote', 'create-convert-quote', 'trade', refuse('converts are not available')),
  route('GET', '/convert/trade/{trade_id}', 'get-convert-trade', 'view', notFound('trade')),
  route('POST', '/convert/trade/{trade_id}', 'commit-convert-trade', 'trade', notFound('trade')),
]
