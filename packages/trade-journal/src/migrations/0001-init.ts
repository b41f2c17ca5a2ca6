import { sql } from 'kysely'
import type { Ddl } from '../sql/ddl.js'

/**
 * The tables of the first release, all of them. Never edited after landing: a later table is a new numbered migration.
 * Decimals are TEXT and never compared in SQL; amounts of limits are integers; times are ms since epoch (UTC).
 */
export function init0001(ddl: Ddl): void {
  identityTables(ddl)
  intentTables(ddl)
  limitTables(ddl)
  marketTables(ddl)
  peopleTables(ddl)
  auditTables(ddl)
}

function identityTables({ table, int }: Ddl): void {
  table('meta', (t) =>
    t
      .addColumn('id', int, (c) => c.primaryKey().check(sql`id = 1`))
      .addColumn('store_id', 'text', (c) => c.notNull())
      .addColumn('environment', 'text', (c) => c.notNull())
      .addColumn('host_id', 'text', (c) => c.notNull())
      .addColumn('created_at_ms', int, (c) => c.notNull())
      .addColumn('deploy_secret', 'text', (c) => c.notNull())
      .addColumn('audit_public_key', 'text', (c) => c.notNull())
      .addColumn('release_epoch', int, (c) => c.notNull()),
  )
  table('instances', (t) =>
    t
      .addColumn('instance_id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('host_id', 'text', (c) => c.notNull())
      .addColumn('epoch', int, (c) => c.notNull().unique())
      .addColumn('started_at_ms', int, (c) => c.notNull())
      .addColumn('closed_at_ms', int)
      .addColumn('fenced_by', 'text'),
  )
  table('leases', (t) =>
    t
      .addColumn('name', 'text', (c) => c.primaryKey().notNull())
      .addColumn('instance_id', 'text', (c) => c.notNull().references('instances.instance_id'))
      .addColumn('epoch', int, (c) => c.notNull())
      .addColumn('until_ms', int, (c) => c.notNull()),
  )
}

function intentTables({ table, index, int }: Ddl): void {
  table('intents', (t) =>
    t
      .addColumn('intent_id', 'text', (c) => c.primaryKey().notNull())
      .addColumn('ordinal', int, (c) => c.notNull().unique())
      .addColumn('client_order_id', 'text', (c) => c.notNull())
      .addColumn('environment', 'text', (c) => c.notNull())
      .addColumn('account', 'text', (c) => c.notNull())
      .addColumn('principal', 'text', (c) => c.notNull())
      .addColumn('idempotency_key', 'text')
      .addColumn('product_id', 'text', (c) => c.notNull())
      .addColumn('book_product_id', 'text', (c) => c.notNull())
      .addColumn('terms', 'text', (c) => c.notNull())
      .addColumn('terms_hash', 'text', (c) => c.notNull())
      .addColumn('state', 'text', (c) => c.notNull())
      .addColumn('cancel_state', 'text', (c) => c.notNull())
      .addColumn('worst_notional_usd', 'text', (c) => c.notNull())
      .addColumn('needs_approval', int, (c) => c.notNull().check(sql`needs_approval in (0, 1)`))
      .addColumn('reduces_exposure', int, (c) => c.notNull().check(sql`reduces_exposure in (0, 1)`))
      .addColumn('price_band_low', 'text', (c) => c.notNull())
      .addColumn('price_band_high', 'text', (c) => c.notNull())
      .addColumn('approval_expires_at_ms', int)
      .addColumn('approved_by', 'text')
      .addColumn('venue_order_id', 'text')
      .addColumn('not_before_ms', int)
      .addColumn('sign_by_ms', int)
      .addColumn('filled_size', 'text', (c) => c.notNull())
      .addColumn('filled_value', 'text', (c) => c.notNull())
      .addColumn('total_fees', 'text', (c) => c.notNull())
      .addColumn('average_filled_price', 'text')
      .addColumn('outcome_code', 'text')
      .addColumn('outcome_reason', 'text')
      .addColumn('created_at_ms', int, (c) => c.notNull())
      .addColumn('updated_at_ms', int, (c) => c.notNull())
      .addColumn('version', int, (c) => c.notNull()),
  )
  // A denial uses up no id, and orders from outside carry whatever their sender chose.
  index('intents_client_order_id', 'intents', ['client_order_id'], {
    unique: true,
    where: "state <> 'DENIED' and principal <> 'external'",
  })
  index('intents_any_client_order_id', 'intents', ['client_order_id'])
  index('intents_venue_order_id', 'intents', ['venue_order_id'], { unique: true, where: 'venue_order_id is not null' })
  index('intents_state', 'intents', ['state', 'created_at_ms'])
  index('intents_created', 'intents', ['created_at_ms', 'ordinal'])
  index('intents_principal', 'intents', ['principal', 'created_at_ms'])
  index('intents_same_wish', 'intents', ['principal', 'terms_hash', 'created_at_ms'])
  table('idempotency_keys', (t) =>
    t
      .addColumn('principal', 'text', (c) => c.notNull())
      .addColumn('idempotency_key', 'text', (c) => c.notNull())
      .addColumn('intent_id', 'text', (c) => c.notNull().references('intents.intent_id'))
      .addColumn('terms_hash', 'text', (c) => c.notNull())
      .addColumn('created_at_ms', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('idempotency_keys_pk', ['principal', 'idempotency_key']),
  )
  table('decision_inputs', (t) =>
    t
      .addColumn('intent_id', 'text', (c) => c.primaryKey().notNull().references('intents.intent_id'))
      .addColumn('policy_version', 'text', (c) => c.notNull())
      .addColumn('input', 'text', (c) => c.notNull())
      .addColumn('denials', 'text'),
  )
  table('tombstones', (t) =>
    t
      .addColumn('intent_id', 'text', (c) => c.primaryKey().notNull().references('intents.intent_id'))
      .addColumn('client_order_id', 'text', (c) => c.notNull())
      .addColumn('product_id', 'text', (c) => c.notNull())
      .addColumn('not_before_ms', int)
      .addColumn('buried_at_ms', int, (c) => c.notNull()),
  )
}

function limitTables({ table, index, int }: Ddl): void {
  table('limit_rows', (t) =>
    t
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('window_id', 'text', (c) => c.notNull())
      .addColumn('used', int, (c) => c.notNull().check(sql`used >= 0`))
      .addColumn('cap', int, (c) => c.notNull())
      .addColumn('updated_at_ms', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('limit_rows_pk', ['scope', 'window_id']),
  )
  table('reservations', (t) =>
    t
      .addColumn('intent_id', 'text', (c) => c.notNull().references('intents.intent_id'))
      .addColumn('scope', 'text', (c) => c.notNull())
      .addColumn('window_id', 'text', (c) => c.notNull())
      .addColumn('amount', int, (c) => c.notNull().check(sql`amount >= 0`))
      .addColumn('remaining', int, (c) => c.notNull().check(sql`remaining >= 0 and remaining <= amount`))
      .addColumn('unit', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('reservations_pk', ['intent_id', 'scope', 'window_id']),
  )
  index('reservations_held', 'reservations', ['scope', 'window_id', 'remaining'], { where: 'remaining > 0' })
  table('venue_budget', (t) =>
    t
      .addColumn('bucket', 'text', (c) => c.primaryKey().notNull())
      .addColumn('milli_tokens', int, (c) => c.notNull())
      .addColumn('refilled_at_ms', int, (c) => c.notNull())
      .addColumn('blocked_until_ms', int),
  )
  table('modes', (t) =>
    t
      .addColumn('scope', 'text', (c) => c.primaryKey().notNull())
      .addColumn('mode', 'text', (c) => c.notNull().check(sql`mode in ('ACTIVE', 'REDUCE_ONLY', 'HALTED')`))
      .addColumn('changed_by', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('at_ms', int, (c) => c.notNull()),
  )
  table('policy_versions', (t) =>
    t
      .addColumn('version', 'text', (c) => c.primaryKey().notNull())
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('recorded_at_ms', int, (c) => c.notNull()),
  )
}

function marketTables({ table, index, int }: Ddl): void {
  table('fills', (t) =>
    t
      .addColumn('order_id', 'text', (c) => c.notNull())
      .addColumn('trade_id', 'text', (c) => c.notNull())
      .addColumn('product_id', 'text', (c) => c.notNull())
      .addColumn('side', 'text', (c) => c.notNull())
      .addColumn('price', 'text', (c) => c.notNull())
      .addColumn('base_size', 'text', (c) => c.notNull())
      .addColumn('fee', 'text', (c) => c.notNull())
      .addColumn('fee_currency', 'text', (c) => c.notNull())
      .addColumn('liquidity', 'text', (c) => c.notNull())
      .addColumn('traded_at_ms', int, (c) => c.notNull())
      .addColumn('sequence_at_ms', int, (c) => c.notNull())
      .addColumn('recorded_at_ms', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('fills_pk', ['order_id', 'trade_id']),
  )
  index('fills_traded', 'fills', ['traded_at_ms'])
  index('fills_product', 'fills', ['product_id', 'traded_at_ms'])
  // A cache, rebuilt from fills at any time.
  table('lots', (t) =>
    t
      .addColumn('order_id', 'text', (c) => c.notNull())
      .addColumn('trade_id', 'text', (c) => c.notNull())
      .addColumn('asset', 'text', (c) => c.notNull())
      .addColumn('opened_at_ms', int, (c) => c.notNull())
      .addColumn('base_size', 'text', (c) => c.notNull())
      .addColumn('remaining_size', 'text', (c) => c.notNull())
      .addColumn('cost_usd', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('lots_pk', ['order_id', 'trade_id']),
  )
  table('day_marks', (t) =>
    t
      .addColumn('day', 'text', (c) => c.primaryKey().notNull())
      .addColumn('prices', 'text', (c) => c.notNull())
      .addColumn('at_ms', int, (c) => c.notNull()),
  )
}

function peopleTables({ table, index, int }: Ddl): void {
  table('approvals', (t) =>
    t
      .addColumn('intent_id', 'text', (c) => c.primaryKey().notNull().references('intents.intent_id'))
      .addColumn('terms_hash', 'text', (c) => c.notNull())
      .addColumn('requested_by', 'text', (c) => c.notNull())
      .addColumn('requested_at_ms', int, (c) => c.notNull())
      .addColumn('expires_at_ms', int, (c) => c.notNull())
      .addColumn('decision', 'text', (c) => c.check(sql`decision in ('approved', 'denied')`))
      .addColumn('decided_by', 'text', (c) => c.check(sql`decision = 'denied' or decided_by <> requested_by`))
      .addColumn('decided_at_ms', int)
      .addColumn('reason', 'text')
      .addColumn('consumed_at_ms', int),
  )
  index('approvals_requested', 'approvals', ['requested_at_ms'])
  table('totp_steps', (t) =>
    t
      .addColumn('principal', 'text', (c) => c.primaryKey().notNull())
      .addColumn('last_step', int, (c) => c.notNull())
      .addColumn('failures', int, (c) => c.notNull())
      .addColumn('locked_until_ms', int),
  )
  table('tokens', (t) =>
    t
      .addColumn('hash', 'text', (c) => c.primaryKey().notNull())
      .addColumn('principal', 'text', (c) => c.notNull())
      .addColumn('role', 'text', (c) => c.notNull())
      .addColumn('created_at_ms', int, (c) => c.notNull())
      .addColumn('expires_at_ms', int)
      .addColumn('revoked_at_ms', int),
  )
}

function auditTables({ table, index, int }: Ddl): void {
  table('audit', (t) =>
    t
      .addColumn('seq', int, (c) => c.primaryKey().notNull())
      .addColumn('at_ms', int, (c) => c.notNull())
      .addColumn('actor', 'text', (c) => c.notNull())
      .addColumn('type', 'text', (c) => c.notNull())
      .addColumn('intent_id', 'text')
      .addColumn('body', 'text', (c) => c.notNull())
      .addColumn('prev', 'text', (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull()),
  )
  index('audit_intent', 'audit', ['intent_id', 'seq'])
  table('audit_head', (t) =>
    t
      .addColumn('id', int, (c) => c.primaryKey().check(sql`id = 1`))
      .addColumn('seq', int, (c) => c.notNull())
      .addColumn('hash', 'text', (c) => c.notNull())
      .addColumn('exported_seq', int, (c) => c.notNull())
      .addColumn('signature', 'text', (c) => c.notNull()),
  )
}
