import { type Decimal, formatDecimal, PERMISSIONS } from '@tidegate/trading-model'
import type { JsonObject } from '../backend.js'
import { isAllowed } from '../permissions.js'
import { showAge, showTime } from '../shared/show-values.js'
import { untrustedText, venueWord } from '../shared/untrusted-text.js'
import type { SurfaceContext } from '../surface-deps.js'
import type { ResourceDefinition } from './resource.js'

/** Who is asking, what the key may do, what trading costs, and the limits that no agent can change. */
export async function showProfile(context: SurfaceContext): Promise<JsonObject> {
  const { desk, principal } = context
  const [profile, modes] = await Promise.all([desk.profile(), desk.modes()])
  const { fees, permissions } = profile
  const readiness = desk.readiness()
  return {
    env: desk.environment,
    dry_run: desk.dryRun,
    ready: readiness.ready,
    ...(readiness.ready ? {} : { ready_reason: untrustedText(readiness.reason) }),
    you: {
      name: principal.name,
      role: principal.role,
      permissions: PERMISSIONS.filter((permission) => isAllowed(principal, [permission], context.adminTrades)),
    },
    account: {
      portfolio_id: venueWord(permissions.portfolioId),
      portfolio_type: venueWord(permissions.portfolioType),
      can_view: permissions.canView,
      can_trade: permissions.canTrade,
      can_transfer: permissions.canTransfer,
    },
    fees: {
      tier: untrustedText(fees.tier, 60),
      taker_rate: formatDecimal(fees.takerRate),
      maker_rate: formatDecimal(fees.makerRate),
      volume_30d_usd: formatDecimal(fees.volumeUsd),
    },
    limits: showLimits(context),
    modes: modes.map((row) => ({
      scope: row.scope,
      mode: row.mode,
      by: row.by,
      reason: untrustedText(row.reason),
      at: showTime(row.atMs),
    })),
    ...(context.health ? { gateway: context.health() } : {}),
    ...showAge(context.clock, profile.asOfMs),
  }
}

/** The limits of whoever asks, in the specification's names. */
export function showLimits({ desk, principal }: Pick<SurfaceContext, 'desk' | 'principal'>): JsonObject {
  const policy = desk.policyFor(principal.name)
  return {
    max_order_value_usd: formatDecimal(policy.maxOrderValueUsd),
    max_position_size_pct: formatDecimal(policy.maxPositionSizePct),
    require_confirmation_above_usd: formatDecimal(policy.requireConfirmationAboveUsd),
    max_orders_per_minute: policy.maxOrdersPerMinute,
    max_loss_per_day_usd: formatDecimal(policy.maxLossPerDayUsd),
    max_order_size: Object.fromEntries(
      Object.entries(policy.maxOrderSize).map(([productId, size]) => [productId, formatDecimal(size)]),
    ),
    price_collar_pct: formatDecimal(policy.priceCollarPct),
    allow_products: policy.allowProducts,
    deny_products: policy.denyProducts,
    ...showCounted(policy),
    max_market_age_ms: policy.maxMarketAgeMs,
    policy_version: policy.version,
  }
}

/** Limits that may be absent: of the account, and of the agent that asks. */
function showCounted(policy: ReturnType<SurfaceContext['desk']['policyFor']>): JsonObject {
  const money = (name: string, value: Decimal | undefined) => (value ? { [name]: formatDecimal(value) } : {})
  const count = (name: string, most: number | undefined) => (most === undefined ? {} : { [name]: most })
  return {
    ...count('max_orders_per_minute_per_agent', policy.maxOrdersPerMinutePerAgent),
    ...money('max_value_per_day_usd', policy.maxValuePerDayUsd),
    ...money('max_value_per_day_per_agent_usd', policy.maxValuePerDayPerAgentUsd),
    ...count('max_open_orders', policy.maxOpenOrders),
    ...count('max_open_orders_per_agent', policy.maxOpenOrdersPerAgent),
    ...money('max_open_value_usd', policy.maxOpenValueUsd),
    ...money('max_open_value_per_agent_usd', policy.maxOpenValuePerAgentUsd),
  }
}

export const profileResource: ResourceDefinition = {
  name: 'profile',
  title: 'Profile and limits',
  description: 'Account metadata, trading permissions, fee tier, and the limits in force.',
  path: 'account://profile',
  query: [],
  permissions: ['read_accounts'],
  read: showProfile,
}
