/** Integers are bigint on every driver; amounts, epochs and times alike. */
type Int = bigint
type Nullable<T> = T | null

export interface MetaTable {
  readonly id: Int
  readonly store_id: string
  readonly environment: string
  readonly host_id: string
  readonly created_at_ms: Int
  readonly deploy_secret: string
  readonly audit_public_key: string
  release_epoch: Int
}

export interface SchemaMigrationsTable {
  name: string
  checksum: string
  applied_at_ms: Int
}

export interface IntentsTable {
  intent_id: string
  /** Audit sequence of the entry that recorded it: unique, and the order of creation where times are equal. */
  ordinal: Int
  client_order_id: string
  environment: string
  account: string
  principal: string
  idempotency_key: Nullable<string>
  product_id: string
  book_product_id: string
  terms: string
  terms_hash: string
  state: string
  cancel_state: string
  worst_notional_usd: string
  needs_approval: Int
  reduces_exposure: Int
  price_band_low: string
  price_band_high: string
  approval_expires_at_ms: Nullable<Int>
  approved_by: Nullable<string>
  venue_order_id: Nullable<string>
  not_before_ms: Nullable<Int>
  sign_by_ms: Nullable<Int>
  filled_size: string
  filled_value: string
  total_fees: string
  average_filled_price: Nullable<string>
  outcome_code: Nullable<string>
  outcome_reason: Nullable<string>
  created_at_ms: Int
  updated_at_ms: Int
  version: Int
  kind: string
  target_intent_id: Nullable<string>
  target_filled_size: Nullable<string>
  /** What repeats are recognised by; absent in rows older than migration 0002, whose terms hash it was. */
  wish_hash: Nullable<string>
}

export interface IdempotencyKeysTable {
  principal: string
  idempotency_key: string
  intent_id: string
  terms_hash: string
  created_at_ms: Int
}

export interface LimitRowsTable {
  scope: string
  window_id: string
  used: Int
  /** As the last decision saw it; information, never compared with. */
  cap: Int
  updated_at_ms: Int
}

export interface ReservationsTable {
  intent_id: string
  scope: string
  window_id: string
  amount: Int
  remaining: Int
  unit: string
}

export interface DecisionInputsTable {
  intent_id: string
  policy_version: string
  input: string
  denials: Nullable<string>
}

export interface PolicyVersionsTable {
  version: string
  body: string
  recorded_at_ms: Int
}

export interface FillsTable {
  order_id: string
  trade_id: string
  product_id: string
  side: string
  price: string
  base_size: string
  fee: string
  fee_currency: string
  liquidity: string
  traded_at_ms: Int
  sequence_at_ms: Int
  recorded_at_ms: Int
}

export interface ModesTable {
  scope: string
  mode: string
  changed_by: string
  reason: string
  at_ms: Int
}

export interface ApprovalsTable {
  intent_id: string
  terms_hash: string
  requested_by: string
  requested_at_ms: Int
  expires_at_ms: Int
  decision: Nullable<string>
  decided_by: Nullable<string>
  decided_at_ms: Nullable<Int>
  reason: Nullable<string>
  consumed_at_ms: Nullable<Int>
}

export interface TotpStepsTable {
  /** The approver's name, in small letters. */
  principal: string
  last_step: Int
  failures: Int
  locked_until_ms: Nullable<Int>
}

export interface TokensTable {
  hash: string
  principal: string
  role: string
  created_at_ms: Int
  expires_at_ms: Nullable<Int>
  revoked_at_ms: Nullable<Int>
  last_used_at_ms: Nullable<Int>
}

export interface InstancesTable {
  instance_id: string
  host_id: string
  epoch: Int
  started_at_ms: Int
  closed_at_ms: Nullable<Int>
  fenced_by: Nullable<string>
}

export interface LeasesTable {
  name: string
  instance_id: string
  epoch: Int
  until_ms: Int
}

export interface TombstonesTable {
  intent_id: string
  client_order_id: string
  product_id: string
  not_before_ms: Nullable<Int>
  buried_at_ms: Int
}

export interface DayMarksTable {
  day: string
  prices: string
  at_ms: Int
}

export interface LimitChangesTable {
  seq: Int
  kind: string
  body: string
  changed_by: string
  at_ms: Int
}

export interface AuditTable {
  seq: Int
  at_ms: Int
  actor: string
  type: string
  intent_id: Nullable<string>
  body: string
  prev: string
  hash: string
}

export interface AuditHeadTable {
  id: Int
  seq: Int
  hash: string
  /** Sequence of the last head that was appended outside the database. */
  exported_seq: Int
  signature: string
}

/** Every table the journal reads or writes; `lots` and `venue_budget` exist for rooms to come. */
export interface Database {
  meta: MetaTable
  schema_migrations: SchemaMigrationsTable
  intents: IntentsTable
  idempotency_keys: IdempotencyKeysTable
  limit_rows: LimitRowsTable
  reservations: ReservationsTable
  decision_inputs: DecisionInputsTable
  policy_versions: PolicyVersionsTable
  fills: FillsTable
  modes: ModesTable
  approvals: ApprovalsTable
  totp_steps: TotpStepsTable
  tokens: TokensTable
  instances: InstancesTable
  leases: LeasesTable
  tombstones: TombstonesTable
  day_marks: DayMarksTable
  limit_changes: LimitChangesTable
  audit: AuditTable
  audit_head: AuditHeadTable
}
