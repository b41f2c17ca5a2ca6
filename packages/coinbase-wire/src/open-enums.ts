/** `status` of an order. An open set; `FILLED`, `CANCELLED`, `EXPIRED` and `FAILED` are final. */
export const WIRE_ORDER_STATUSES = [
  'PENDING',
  'OPEN',
  'FILLED',
  'CANCELLED',
  'EXPIRED',
  'FAILED',
  'UNKNOWN_ORDER_STATUS',
  'QUEUED',
  'CANCEL_QUEUED',
  'EDIT_QUEUED',
] as const

/** `margin_type` of a derivative order. */
export const WIRE_MARGIN_TYPES = ['CROSS', 'ISOLATED', 'UNKNOWN_MARGIN_TYPE'] as const

/** `sort_by` of an order list. Any but the default does not page stably. */
export const WIRE_ORDER_SORTS = ['UNKNOWN_SORT_BY', 'LIMIT_PRICE', 'LAST_FILL_TIME', 'LAST_UPDATE_TIME'] as const

/** `sort_by` of a fill list. */
export const WIRE_FILL_SORTS = ['UNKNOWN_SORT_BY', 'PRICE', 'TRADE_TIME'] as const

/** `order_placement_source` of an order. */
export const WIRE_PLACEMENT_SOURCES = [
  'UNKNOWN_PLACEMENT_SOURCE',
  'RETAIL_SIMPLE',
  'RETAIL_ADVANCED',
  'RETAIL_ADMIN',
  'RETAIL_RAISE',
] as const

/** `fillSource` of a fill. */
export const WIRE_FILL_SOURCES = ['FILL_SOURCE_UNKNOWN', 'FILL_SOURCE_CLOB', 'FILL_SOURCE_RFQ'] as const

/** `sor_preference` of a create. */
export const WIRE_SOR_PREFERENCES = ['SOR_PREFERENCE_UNSPECIFIED', 'SOR_ENABLED', 'SOR_DISABLED'] as const

/** `cost_basis_method` of a create: US tax lots. */
export const WIRE_COST_BASIS_METHODS = [
  'COST_BASIS_METHOD_UNSPECIFIED',
  'COST_BASIS_METHOD_HIFO',
  'COST_BASIS_METHOD_LIFO',
  'COST_BASIS_METHOD_FIFO',
  'COST_BASIS_METHOD_SPEC_ID',
] as const

/** `price_distribution` of a scaled order. */
export const WIRE_SCALED_PRICE_DISTRIBUTIONS = [
  'FLAT',
  'LINEAR_INCREASING',
  'LINEAR_DECREASING',
  'CUSTOM_PRICE_DISTRIBUTION',
] as const

/** `size_distribution` of a scaled order. */
export const WIRE_SCALED_SIZE_DISTRIBUTIONS = [
  'UNKNOWN_DISTRIBUTION',
  'INCREASING',
  'DECREASING',
  'EVENLY_SPLIT',
  'CUSTOM_SIZE_DISTRIBUTION',
] as const

/** `contract_expiry_type` of a future. */
export const WIRE_CONTRACT_EXPIRY_TYPES = ['UNKNOWN_CONTRACT_EXPIRY_TYPE', 'EXPIRING', 'PERPETUAL'] as const

/** `expiring_contract_status` of a product query. */
export const WIRE_EXPIRING_CONTRACT_STATUSES = [
  'UNKNOWN_EXPIRING_CONTRACT_STATUS',
  'STATUS_UNEXPIRED',
  'STATUS_EXPIRED',
  'STATUS_ALL',
] as const

/** `products_sort_order` of a product query. */
export const WIRE_PRODUCT_SORTS = [
  'PRODUCTS_SORT_ORDER_UNDEFINED',
  'PRODUCTS_SORT_ORDER_VOLUME_24H_DESCENDING',
  'PRODUCTS_SORT_ORDER_LIST_TIME_DESCENDING',
] as const

/** `product_venue`: the book a product trades on. */
export const WIRE_PRODUCT_VENUES = ['UNKNOWN_VENUE_TYPE', 'CBE', 'FCM', 'INTX'] as const

/** `type` of a wallet; some answers give the short form without prefix. */
export const WIRE_ACCOUNT_TYPES = [
  'ACCOUNT_TYPE_UNSPECIFIED',
  'ACCOUNT_TYPE_CRYPTO',
  'ACCOUNT_TYPE_FIAT',
  'ACCOUNT_TYPE_VAULT',
  'ACCOUNT_TYPE_PERP_FUTURES',
] as const

/** `platform` of a wallet. */
export const WIRE_ACCOUNT_PLATFORMS = [
  'ACCOUNT_PLATFORM_UNSPECIFIED',
  'ACCOUNT_PLATFORM_CONSUMER',
  'ACCOUNT_PLATFORM_CFM_CONSUMER',
  'ACCOUNT_PLATFORM_INTX',
] as const

/** `type` of a portfolio. */
export const WIRE_PORTFOLIO_TYPES = ['UNDEFINED', 'DEFAULT', 'CONSUMER', 'INTX'] as const

/** `margin_window_type` of US futures. */
export const WIRE_MARGIN_WINDOWS = [
  'FCM_MARGIN_WINDOW_TYPE_UNSPECIFIED',
  'FCM_MARGIN_WINDOW_TYPE_OVERNIGHT',
  'FCM_MARGIN_WINDOW_TYPE_WEEKEND',
  'FCM_MARGIN_WINDOW_TYPE_INTRADAY',
  'FCM_MARGIN_WINDOW_TYPE_TRANSITION',
] as const

/** `margin_level` of US futures. */
export const WIRE_MARGIN_LEVELS = [
  'MARGIN_LEVEL_TYPE_UNSPECIFIED',
  'MARGIN_LEVEL_TYPE_BASE',
  'MARGIN_LEVEL_TYPE_WARNING',
  'MARGIN_LEVEL_TYPE_DANGER',
  'MARGIN_LEVEL_TYPE_LIQUIDATION',
] as const

/** `margin_profile_type` of a margin window query. */
export const WIRE_MARGIN_PROFILES = [
  'MARGIN_PROFILE_TYPE_UNSPECIFIED',
  'MARGIN_PROFILE_TYPE_RETAIL_REGULAR',
  'MARGIN_PROFILE_TYPE_RETAIL_INTRADAY_MARGIN_1',
] as const

/** `setting` of intraday margin. */
export const WIRE_INTRADAY_MARGIN_SETTINGS = [
  'INTRADAY_MARGIN_SETTING_UNSPECIFIED',
  'INTRADAY_MARGIN_SETTING_STANDARD',
  'INTRADAY_MARGIN_SETTING_INTRADAY',
] as const
