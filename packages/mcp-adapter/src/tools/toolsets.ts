import { tools } from './list.js'

/** Groups of tools that an owner offers or leaves out as a whole. */
export const TOOLSETS = {
  market: ['get_market_data', 'get_historical_candles', 'subscribe_ticker', 'wait_for_event', 'list_products'],
  account: ['get_account', 'get_history', 'calculate_position_metrics', 'check_trade_risk'],
  orders: ['get_orders', 'wait_for_event'],
  trading: [
    'place_order',
    'edit_order',
    'cancel_order',
    'cancel_all_orders',
    'halt_trading',
    'check_trade_risk',
    'get_orders',
  ],
  admin: ['modify_config', 'view_logs'],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type Toolset = keyof typeof TOOLSETS
export const TOOLSET_NAMES = Object.keys(TOOLSETS) as readonly Toolset[]

/**
 * The names of the tools that are there; others do not exist for anybody, whatever the role.
 *
 * @param readOnly - Leaves out every tool that changes something. Such an agent cannot cancel or halt either.
 * @returns `undefined` when nothing is left out.
 */
export function offeredTools(wanted: {
  readonly toolsets?: readonly Toolset[]
  readonly readOnly?: boolean
}): ReadonlySet<string> | undefined {
  const { toolsets, readOnly = false } = wanted
  if (toolsets === undefined && !readOnly) return undefined
  const inSets = toolsets && new Set<string>(toolsets.flatMap((name) => TOOLSETS[name]))
  return new Set(
    tools
      .filter((tool) => (inSets?.has(tool.name) ?? true) && !(readOnly && !tool.hints.readOnlyHint))
      .map((tool) => tool.name),
  )
}
