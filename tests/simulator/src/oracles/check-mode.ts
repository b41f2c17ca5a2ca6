import { MODES, type ModeRow } from '@tidegate/trading-model'
import type { Bench } from './judge.js'

const people: readonly string[] = ['ann']

/** Only a person loosens a mode (I9): not an agent, and not the desk that tripped it. Looked at before the record takes it in. */
export function checkMode({ blame, shadow }: Bench, result: unknown): void {
  const row = result as ModeRow
  const from = shadow.modes.get(row.scope)?.mode ?? 'ACTIVE'
  const loosens = MODES.indexOf(row.mode) < MODES.indexOf(from)
  if (loosens && !people.includes(row.by)) blame('I9', `${row.by} loosened ${row.scope} from ${from} to ${row.mode}`)
}
