/** What a number means, how it is counted, and by what it is split. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[]
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const milliseconds = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000]

/** The specification's metrics by name, then ours. Names are API. */
export const metricDefinitions: Readonly<Record<string, MetricDefinition>> = {
  api_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one REST call to the venue, seconds.',
    labels: ['endpoint'],
    buckets: seconds,
  },
  websocket_message_latency_ms: {
    kind: 'histogram',
    help: 'Time from the venue’s timestamp of a stream message to its arrival, ms.',
    labels: ['channel'],
    buckets: milliseconds,
  },
  order_placement_time_ms: {
    kind: 'histogram',
    help: 'Time from an order request to its answer, ms.',
    labels: ['order_type', 'outcome'],
    buckets: milliseconds,
  },
  orders_placed_total: {
    kind: 'counter',
    help: 'Orders the venue accepted.',
    labels: ['product', 'side', 'order_type'],
  },
  orders_cancelled_total: { kind: 'counter', help: 'Orders whose cancellation was confirmed.', labels: ['product'] },
  api_requests_total: { kind: 'counter', help: 'REST calls to the venue.', labels: ['endpoint', 'status'] },
  websocket_messages_received_total: {
    kind: 'counter',
    help: 'Stream messages received.',
    labels: ['connection', 'channel'],
  },
  api_errors_total: {
    kind: 'counter',
    help: 'REST calls that failed, by our stable code.',
    labels: ['endpoint', 'error_code'],
  },
  websocket_disconnections_total: { kind: 'counter', help: 'Streams lost.', labels: ['connection', 'code'] },
  order_rejections_total: { kind: 'counter', help: 'Orders refused, by us or by the venue.', labels: ['code', 'by'] },
  trading_volume_usd: { kind: 'counter', help: 'Value of all fills, USD.', labels: ['product', 'side'] },
  position_sizes_by_product: { kind: 'gauge', help: 'Position, base units.', labels: ['product'] },
  pnl_realized_usd: { kind: 'gauge', help: 'Realised result, USD.', labels: ['product'] },
  pnl_unrealized_usd: { kind: 'gauge', help: 'Unrealised result at the last price, USD.', labels: ['product'] },

  market_reads_total: { kind: 'counter', help: 'Reads of market data.', labels: ['kind', 'source', 'stale'] },
  market_book_invalidations_total: { kind: 'counter', help: 'Books that became unreadable.', labels: ['product'] },
  websocket_book_resyncs_total: {
    kind: 'counter',
    help: 'Books asked for again after a gap, a crossed book or silence.',
    labels: ['product'],
  },
  websocket_lag_ms: {
    kind: 'gauge',
    help: 'How late the last heartbeat was read, measured against the quickest, ms.',
    labels: ['connection'],
  },

  orders_unknown: { kind: 'gauge', help: 'Orders and edits whose fate is open now.', labels: [] },
  orders_unknown_total: { kind: 'counter', help: 'Orders sent without a verdict.', labels: ['product'] },
  orders_resolved_total: {
    kind: 'counter',
    help: 'Orders without a verdict that got one later, by the state they came to.',
    labels: ['to'],
  },
  orders_quarantined_total: {
    kind: 'counter',
    help: 'Orders that the venue shows with other terms than ours; they wait for a person.',
    labels: ['product'],
  },
  orders_external_total: { kind: 'counter', help: 'Orders found that somebody else placed.', labels: ['product'] },
  orders_surfaced_total: {
    kind: 'counter',
    help: 'Orders that came to light after they had been given up.',
    labels: [],
  },
  orders_status_unknown_total: {
    kind: 'counter',
    help: 'Orders shown in a status nobody knows; counted as live.',
    labels: ['product'],
  },
  orders_unsettled_total: {
    kind: 'counter',
    help: 'Orders that ended without the fills that their filled size speaks of.',
    labels: [],
  },
  orders_edited_total: { kind: 'counter', help: 'Edits that took effect.', labels: ['product'] },
  cancels_spooled_total: {
    kind: 'counter',
    help: 'Cancels written to the file beside the store because the store failed.',
    labels: [],
  },

  mode_changes_total: { kind: 'counter', help: 'Changes of the trading mode.', labels: ['scope', 'mode'] },
  halts_watched_total: {
    kind: 'counter',
    help: 'Halts after which the venue was looked at, by what was found.',
    labels: ['verdict'],
  },
  halt_files_found_total: { kind: 'counter', help: 'Times a file named HALT was found in the home.', labels: [] },
  ledger_differences_total: {
    kind: 'counter',
    help: 'Times the balances differed from the recorded fills.',
    labels: [],
  },
  records_differ_total: { kind: 'counter', help: 'Checks of the audit log that did not add up.', labels: [] },
  audit_heads_posted_total: { kind: 'counter', help: 'Signed audit heads that the webhook took.', labels: [] },
  audit_head_post_failures_total: {
    kind: 'counter',
    help: 'Attempts to post a signed audit head that failed.',
    labels: [],
  },
  store_disk_free_bytes: {
    kind: 'gauge',
    help: 'Room on the disk of the store or of its audit heads, whichever has less, bytes.',
    labels: [],
  },
  leases_lapsed_total: {
    kind: 'counter',
    help: 'Times this gateway stood still for longer than its lease and had to recover.',
    labels: [],
  },

  alerts_total: { kind: 'counter', help: 'Happenings that call a person, repeats included.', labels: ['kind'] },
  alerts_delivered_total: {
    kind: 'counter',
    help: 'Messages to the webhook, by what became of them.',
    labels: ['outcome'],
  },

  http_requests_total: { kind: 'counter', help: 'Requests to our own endpoint.', labels: ['route', 'status'] },
  tool_calls_total: { kind: 'counter', help: 'Tools called by agents.', labels: ['tool', 'is_error'] },
}

/** The names of the specification, section “Metrics to Track”. */
export const specificationMetrics: readonly string[] = Object.keys(metricDefinitions).slice(0, 14)
