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
    labels: ['outcome'],
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
  orders_unknown_total: { kind: 'counter', help: 'Orders sent without a verdict.', labels: ['product'] },
  http_requests_total: { kind: 'counter', help: 'Requests to our own endpoint.', labels: ['route', 'status'] },
  tool_calls_total: { kind: 'counter', help: 'Tools called by agents.', labels: ['tool', 'is_error'] },
}

/** The names of the specification, section “Metrics to Track”. */
export const specificationMetrics: readonly string[] = Object.keys(metricDefinitions).slice(0, 14)
