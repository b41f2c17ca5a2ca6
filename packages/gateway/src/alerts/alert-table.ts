import type { LogFields } from '@tidegate/trading-model'

/** What a person is called for. Names are API: `alerts.mute` takes them, receivers sort by them. */
export const ALERT_KINDS = [
  'breaker',
  'clock',
  'halt_file',
  'halt_unproven',
  'quarantine',
  'unknown_orders',
  'records',
  'external_order',
  'late_order',
  'audit',
  'store',
  'disk',
  'key',
  'venue',
  'limits',
  'ownership',
  'bug',
  'watchdog',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** One thing that happened and that somebody should know. */
export interface Alert {
  readonly kind: AlertKind
  /** What it is about: repeats about the same are counted, not sent. */
  readonly subject: string
  /** One sentence. */
  readonly text: string
}

type Rule = (fields: LogFields) => Alert | undefined

const say = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 300)
/** The subject is what a field says, or one word for all. */
const rule =
  (kind: AlertKind, subject: string | undefined, text: (fields: LogFields) => string, word = 'account'): Rule =>
  (fields) => ({ kind, subject: subject === undefined ? word : say(fields[subject] ?? ''), text: text(fields) })
const errorOf = (fields: LogFields): string => {
  const error = fields['error']
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : say(error ?? '')
}
const orderOf = (fields: LogFields): string =>
  `${say(fields['side'])} ${say(fields['size'])} ${say(fields['product'])}, intent ${say(fields['intent_id'])}`

/**
 * Which event of the log calls a person. The specification alerts on errors of a connection that neither reconnecting nor waiting
 * cures; to those come the happenings in which the gateway has stopped trusting something and waits.
 */
export const alertRules: Readonly<Record<string, Rule>> = {
  mode_changed: (fields) => {
    const { scope, to, from, by, reason } = fields
    if (to === 'ACTIVE') return undefined
    const text = `${say(scope)} went from ${say(from)} to ${say(to)} by ${say(by)}: ${say(reason)}`
    return { kind: by === 'desk' && /\bclocks?\b/.test(say(reason)) ? 'clock' : 'breaker', subject: say(scope), text }
  },
  trip_failed: rule(
    'store',
    undefined,
    (fields) => `The store does not take a trip of the breaker, it holds in this process only: ${say(fields['held'])}`,
    'breaker',
  ),
  trip_lost: rule(
    'breaker',
    'scope',
    (fields) =>
      `The gateway closed before the store took ${say(fields['mode'])} for ${say(fields['scope'])}; set it by hand: ${say(fields['reason'])}`,
  ),
  halt_file_found: rule('halt_file', undefined, (fields) => `The file HALT stops all orders: ${say(fields['reason'])}`),
  halt_unproven: rule(
    'halt_unproven',
    undefined,
    (fields) => `After the halt it is not certain that nothing more comes through: ${say(fields['doubtful'])}`,
  ),
  order_quarantined: rule(
    'quarantine',
    'intent_id',
    (fields) => `The venue shows another order than was sent (${orderOf(fields)}): ${say(fields['difference'])}`,
  ),
  records_differ: rule('records', undefined, (fields) => `The records do not add up: ${say(fields['problem'])}`),
  ledger_differs: rule(
    'records',
    undefined,
    (fields) => `Balances differ from the record: ${say(fields['differences'] ?? fields['second'] ?? '')}`,
  ),
  order_from_outside: rule(
    'external_order',
    'product',
    (fields) => `Somebody else placed an order: ${orderOf(fields)}`,
  ),
  order_surfaced: rule(
    'late_order',
    'intent_id',
    (fields) => `An order that was given up came through: ${orderOf(fields)}`,
  ),
  edit_surfaced: rule('late_order', 'intent_id', (fields) => `An edit that was given up came true: ${orderOf(fields)}`),
  order_of_dead_intent: rule(
    'late_order',
    'intent_id',
    (fields) => `The venue has the order of an intent that is ${say(fields['state'])}: ${orderOf(fields)}`,
  ),
  audit_failed: rule('audit', undefined, (fields) => `The audit log could not be written: ${errorOf(fields)}`),
  audit_head_not_written: rule(
    'audit',
    'path',
    (fields) => `The copy of the audit head could not be written, new orders wait: ${errorOf(fields)}`,
  ),
  audit_head_not_posted: rule('audit', 'host', (fields) => `The webhook takes no audit heads: ${errorOf(fields)}`),
  intent_not_recorded: rule('store', undefined, (fields) => `The store takes no orders: ${errorOf(fields)}`),
  outcome_not_recorded: rule('store', undefined, (fields) => `The store takes no outcome: ${errorOf(fields)}`),
  cancel_not_spooled: rule('disk', undefined, (fields) => `The disk takes no cancel: ${errorOf(fields)}`),
  disk_nearly_full: rule('disk', undefined, (fields) => `No room for new orders: ${say(fields['problem'])}`),
  log_file_unavailable: rule('disk', 'file', (fields) => `The log file cannot be written: ${errorOf(fields)}`),
  key_refused: rule('key', undefined, (fields) => `The key was refused, all orders stop: ${errorOf(fields)}`),
  api_error: (fields) => {
    const code = say(fields['error_code'])
    const kind = code === 'ERR_VENUE_AUTH' ? 'key' : code === 'ERR_VENUE_PROTOCOL' ? 'venue' : undefined
    const text = `${say(fields['endpoint'])} failed with ${code}: ${say(fields['error_message'])}`
    return kind && { kind, subject: say(fields['endpoint']), text }
  },
  policy_loosening_waits: rule(
    'limits',
    'version',
    (fields) => `Looser limits wait for a person (${say(fields['limits'])}): ${say(fields['how'])}`,
  ),
  policy_tightened: rule(
    'limits',
    'by',
    (fields) => `${say(fields['by'])} tightened limits from a conversation: ${say(fields['changes'])}`,
  ),
  policy_not_reloaded: rule('limits', 'file', (fields) => `The limits of the file were not taken: ${errorOf(fields)}`),
  desk_replaced: rule(
    'ownership',
    undefined,
    (fields) => `This gateway sends nothing any more: ${say(fields['reason'])}`,
  ),
  lease_lapsed: rule('ownership', undefined, () => 'This gateway stood still for longer than its lease and recovers'),
  desk_start_failed: rule('bug', undefined, (fields) => `The desk did not start: ${errorOf(fields)}`),
  invariant_broken: rule('bug', 'intent_id', (fields) => `A bug, all orders stop: ${errorOf(fields)}`),
  gateway_dead: rule(
    'watchdog',
    undefined,
    (fields) => `The gateway is dead, last seen ${say(fields['last_seen'])}`,
    'gateway',
  ),
  watchdog_acted: rule(
    'watchdog',
    undefined,
    (fields) => `The watchdog cancelled ${say(fields['cancelled'])} orders; all gone: ${say(fields['all_gone'])}`,
    'orders',
  ),
  watchdog_cannot_reach_venue: rule(
    'watchdog',
    undefined,
    (fields) => `The watchdog reaches no venue: ${errorOf(fields)}`,
    'venue',
  ),
  halt_not_written: rule(
    'watchdog',
    undefined,
    (fields) => `The file HALT could not be written: ${errorOf(fields)}`,
    'HALT',
  ),
}
