import type { Entry } from '../check-chain.js'
import { wholeOf } from '../field.js'
import { bad, type Finding } from '../finding.js'
import { list, text } from './told.js'

type Whole = number | bigint

/** What an intent has claimed of a limit row, and what of it counts now. */
export interface Claim {
  amount: Whole
  remaining: Whole
}

/** Follows what every intent holds of every limit, from the entries alone. */
export class ReservationStory {
  readonly #claims = new Map<string, Map<string, Claim>>()
  readonly #names = new Map<string, Map<string, string>>()

  /** What an intent holds, by {@link rowName} of the limit row. */
  of(intentId: string): ReadonlyMap<string, Claim> | undefined {
    return this.#claims.get(intentId)
  }

  /** What counts against each limit row when everything is added up. */
  sums(): ReadonlyMap<string, bigint> {
    const sums = new Map<string, bigint>()
    for (const claims of this.#claims.values()) {
      for (const [name, { remaining }] of claims) sums.set(name, (sums.get(name) ?? 0n) + BigInt(remaining))
    }
    return sums
  }

  /** Takes one more entry of an intent. */
  tell(entry: Entry): readonly Finding[] {
    const { intentId, type, body } = entry
    if (intentId === null) return []
    if (type === 'intent.recorded') {
      this.#record(intentId, list(body['reservations']))
      return []
    }
    if (type === 'intent.terms_changed')
      this.#takeOver(intentId, text((body['event'] as Entry['body'] | undefined)?.['by']))
    const ofChange =
      body['change_reservations'] === undefined
        ? []
        : this.#move(entry, text(body['change']), list(body['change_reservations']))
    return [...this.#move(entry, intentId, list(body['reservations'])), ...ofChange]
  }

  #record(intentId: string, reservations: readonly Entry['body'][]): void {
    if (reservations.length === 0) return
    const claims = new Map<string, Claim>()
    for (const { scope, window, amount, held } of reservations) {
      const whole = wholeIn(amount)
      claims.set(this.#name(scope, window), { amount: whole, remaining: held === undefined ? whole : wholeIn(held) })
    }
    this.#claims.set(intentId, claims)
  }

  /** An order takes the claims of the edit that came true; what of them counts is told as a move. */
  #takeOver(targetId: string, editId: string): void {
    const target = this.#claims.get(targetId) ?? new Map<string, Claim>()
    for (const [name, { amount }] of this.#claims.get(editId) ?? []) {
      target.set(name, { amount, remaining: target.get(name)?.remaining ?? 0 })
    }
    this.#claims.set(targetId, target)
  }

  #move({ seq }: Entry, intentId: string, moves: readonly Entry['body'][]): readonly Finding[] {
    const findings: Finding[] = []
    for (const { scope, window, from, to } of moves) {
      const name = this.#name(scope, window)
      const claim = this.#claims.get(intentId)?.get(name)
      if (!claim || claim.remaining !== wholeIn(from)) {
        findings.push(
          bad(
            'STORY_BROKEN',
            `Entry ${seq} moves what intent ${intentId} holds of ${name} from ${text(from)}; the entries before it say ${String(claim?.remaining ?? 'nothing')}.`,
            seq,
          ),
        )
      }
      if (claim) claim.remaining = wholeIn(to)
    }
    return findings
  }

  /** One text for each limit row, however many entries speak of it. */
  #name(scope: unknown, window: unknown): string {
    return this.nameOf(text(scope), text(window))
  }

  /** As {@link rowName}, made once. */
  nameOf(scope: string, window: string): string {
    const windows = this.#names.get(scope) ?? new Map<string, string>()
    if (windows.size === 0) this.#names.set(scope, windows)
    const known = windows.get(window)
    if (known !== undefined) return known
    const name = rowName(scope, window)
    windows.set(window, name)
    return name
  }
}

/** A limit row's name in sentences and maps. */
export function rowName(scope: string, window: string): string {
  return `${scope} (${window})`
}

function wholeIn(value: unknown): Whole {
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? wholeOf(value) : -1
}
