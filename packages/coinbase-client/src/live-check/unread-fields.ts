const within = (path: string, keys: string) => keys.split(' ').map((key) => `${path}${key}`)
const product = 'fcm_trading_session_details new_at market_cap best_bid_price best_ask_price'
const order = 'edit_history attached_order_id current_pending_replace workable_size workable_size_completion_pct'
const trades = within('trades[].', 'bid ask exchange')
const page = within('pagination.', 'ending_before starting_after previous_ending_before limit order previous_uri')

/**
 * Fields that Coinbase is known to send and that we do not read, by request: no news to the live check. What is read one day
 * belongs into its schema.
 */
export const UNREAD_FIELDS: Readonly<Record<string, readonly string[]>> = {
  listPublicProducts: within('products[].', product),
  getPublicProduct: within('', product),
  getProduct: within('', product),
  getPublicMarketTrades: trades,
  getMarketTrades: trades,
  getTransactionSummary: [
    ...within('fee_tier.', 'perps_vol_from perps_vol_to futures_vol_from futures_vol_to volume_types_and_range'),
    ...within('', 'margin_rate goods_and_services_tax coinbase_pro_volume coinbase_pro_fees has_promo_fee'),
    ...within('', 'volume_breakdown has_cost_plus_commission'),
  ],
  listOrders: [...within('orders[].', order), 'proof_token_required'],
  getOrder: within('order.', order),
  listFills: ['fills[].fillSource', 'fills[].cursor', 'proof_token_required'],
  listV2Accounts: [
    ...page,
    ...within('data[].currency.', 'name type exponent'),
    ...within('data[].', 'primary created_at updated_at resource resource_path allow_deposits allow_withdrawals'),
  ],
  listV2Transactions: [
    ...page,
    ...within('data[].', 'native_amount description updated_at resource resource_path advanced_trade_fill'),
  ],
}
