import type { Prng } from '../core/prng.js'

/** What may happen to one HTTP exchange on its way. */
export const HTTP_FAULTS = [
  'refused',
  'request_lost',
  'request_late',
  'request_duplicated',
  'answer_lost',
  'answer_late',
  'half_body',
  'html_503_unprocessed',
  'html_503_processed',
  'rate_limited',
  'rate_limited_with_header',
  'unauthorized',
  'schema_drift',
  'wrong_replay',
] as const
export type HttpFault = (typeof HTTP_FAULTS)[number]

/** What may happen to one frame of the stream. */
export const FRAME_FAULTS = [
  'frame_gap',
  'frame_duplicated',
  'frame_reordered',
  'stream_silent',
  'stream_closed',
] as const
export type FrameFault = (typeof FRAME_FAULTS)[number]

/** What may happen to one transaction of the store. */
export const STORE_FAULTS = ['store_busy', 'store_lost_before', 'store_commit_unanswered', 'store_full'] as const
export type StoreFault = (typeof STORE_FAULTS)[number]

/** What may happen to a process at an await point. */
export const PROCESS_FAULTS = ['crash', 'pause'] as const
export type ProcessFault = (typeof PROCESS_FAULTS)[number]

/** What the weather does now and then, whoever is at work. */
export const WEATHER_FAULTS = [
  'clock_step',
  'lease_lost',
  'restart',
  'outside_order',
  'product_flip',
  'outside_edit',
] as const
export type WeatherFault = (typeof WEATHER_FAULTS)[number]

/** What the exchange itself does wrong: it books another order than it was sent. */
export const VENUE_FAULTS = ['venue_mistake'] as const
export type VenueFault = (typeof VENUE_FAULTS)[number]

export type FaultKind =
  | HttpFault
  | FrameFault
  | StoreFault
  | ProcessFault
  | WeatherFault
  | VenueFault
  | 'list_lag'
  | 'venue_delay'
/** What a hunt may dwell on beside kinds of fault: orders that people have to approve, days that lose, orders that
 * are changed, several at once, cancel-all while orders are still pending. */
export const FOCUS_THEMES = ['approvals', 'losses', 'changes', 'crowd', 'cancels'] as const
export type Focus = FaultKind | (typeof FOCUS_THEMES)[number]

export const FAULT_KINDS: readonly FaultKind[] = [
  ...HTTP_FAULTS,
  ...FRAME_FAULTS,
  ...STORE_FAULTS,
  ...PROCESS_FAULTS,
  ...WEATHER_FAULTS,
  ...VENUE_FAULTS,
  'list_lag',
  'venue_delay',
]

/** Chance per opportunity for the worst seed, by kind. Weather: per look, which comes every few seconds. */
const worst: Readonly<Record<FaultKind, number>> = {
  refused: 0.06,
  request_lost: 0.06,
  request_late: 0.06,
  request_duplicated: 0.06,
  answer_lost: 0.08,
  answer_late: 0.05,
  half_body: 0.06,
  html_503_unprocessed: 0.06,
  html_503_processed: 0.06,
  rate_limited: 0.04,
  rate_limited_with_header: 0.03,
  unauthorized: 0.05,
  schema_drift: 0.05,
  wrong_replay: 0.05,
  frame_gap: 0.03,
  frame_duplicated: 0.03,
  frame_reordered: 0.03,
  stream_silent: 0.004,
  stream_closed: 0.01,
  store_busy: 0.03,
  store_lost_before: 0.02,
  store_commit_unanswered: 0.03,
  store_full: 0.01,
  crash: 0.008,
  pause: 0.004,
  clock_step: 0.3,
  lease_lost: 0.15,
  restart: 0.2,
  outside_order: 0.15,
  product_flip: 0.12,
  outside_edit: 0.15,
  venue_mistake: 0.2,
  list_lag: 1,
  venue_delay: 1,
}

/** The faults of one seed: how likely each kind is, and whether they are on at all. */
export interface FaultMix {
  isOn: boolean
  readonly rates: Readonly<Record<FaultKind, number>>
  /** Longest time between acceptance and an order showing up in lists, ms. */
  readonly listLagMs: number
  /** From acceptance to the market, and from a cancel to its effect, ms. */
  readonly venueDelayMs: number
}

/**
 * Swarm: every seed leaves most kinds out and overdoes the others, so that rare pairs meet.
 *
 * @param focus - Kinds that strike in every seed, and often: to look for what only they show.
 */
export function drawFaultMix(prng: Prng, enabled: boolean, focus: readonly Focus[]): FaultMix {
  const share = prng.pick([0, 0.15, 0.3, 0.5])
  const rates = Object.fromEntries(
    FAULT_KINDS.map((kind) => [kind, enabled && prng.chance(share) ? worst[kind] * (0.2 + 0.8 * prng.unit()) : 0]),
  ) as Record<FaultKind, number>
  for (const kind of FAULT_KINDS) if (focus.includes(kind)) rates[kind] = Math.min(0.5, worst[kind] * 2)
  if (focus.includes('cancels')) {
    const pendingMs = 1_500
    return { isOn: true, rates: { ...rates, list_lag: 0, schema_drift: 0 }, listLagMs: 0, venueDelayMs: pendingMs }
  }
  return {
    isOn: true,
    rates,
    listLagMs: rates.list_lag > 0 ? prng.between(50, 3_000) : 0,
    venueDelayMs: rates.venue_delay > 0 ? prng.between(5, 400) : 0,
  }
}
