import { canonicalText } from '../canonical.js'
import type { Entry } from '../check-chain.js'
import type { Finding } from '../finding.js'
import { ApprovalStory } from './approvals.js'
import { ReservationStory } from './reservations.js'
import { list, type ToldRow, text } from './told.js'

/** What the log says of one intent. */
export interface ToldIntent {
  readonly firstSeq: number
  /** Last entry that tells of it. */
  lastSeq: number
  /** Fingerprint of its row after that entry. */
  row: string
  readonly decisionInput: string
  readonly policyVersion: string
  /** Canonical text of why it was denied; `null` where it was not. */
  readonly denials: string | null
  readonly keyed: boolean
}

const firstTypes: ReadonlySet<string> = new Set(['intent.recorded', 'intent.denied', 'intent.adopted'])

type Body = Entry['body']

/**
 * What all entries together say the records must be. Fed with entries in order; holds what is compared at the end, about half a
 * kilobyte for each intent.
 */
export class Story {
  readonly intents = new Map<string, ToldIntent>()
  readonly reservations = new ReservationStory()
  readonly approvals = new ApprovalStory()
  readonly modes = new Map<string, ToldRow>()
  readonly fills = new Map<string, ToldRow>()
  readonly policies = new Map<string, ToldRow>()
  readonly dayMarks = new Map<string, ToldRow>()
  readonly instances = new Map<string, ToldRow>()
  /** What the first entry says of the store: its id, environment and first public key. */
  created: Body | undefined
  /** What the log itself does not tell coherently. */
  readonly findings: Finding[] = []

  /** Takes one more entry; `entry` is the one after the last. */
  tell(entry: Entry): void {
    if (entry.type.startsWith('intent.')) this.#tellIntent(entry)
    else this.#tellers[entry.type]?.(entry)
  }

  readonly #tellers: Readonly<Record<string, ((entry: Entry) => void) | undefined>> = {
    'store.created': ({ body }) => {
      this.created ??= body
    },
    'mode.set': ({ seq, atMs, actor, body }) =>
      void this.modes.set(text(body['scope']), {
        seq,
        columns: { mode: text(body['to']), changed_by: actor, reason: text(body['reason']), at_ms: atMs },
      }),
    'policy.recorded': ({ seq, atMs, body }) =>
      void this.policies.set(text(body['version']), {
        seq,
        columns: { body: text(body['text']), recorded_at_ms: atMs },
      }),
    'day.marked': ({ seq, body }) =>
      void this.dayMarks.set(text(body['day']), {
        seq,
        columns: { prices: canonicalText(body['prices']), at_ms: body['atMs'] as number },
      }),
    'fills.recorded': (entry) => {
      for (const fill of list(entry.body['fills'])) this.#tellFill(entry, fill)
    },
    'journal.opened': (entry) => this.#tellOpened(entry),
    'journal.closed': ({ seq, atMs, body }) => {
      const id = text(body['instance'])
      const before = this.instances.get(id)
      if (before) this.instances.set(id, { seq, columns: { ...before.columns, closed_at_ms: atMs } })
    },
  }

  #tellIntent(entry: Entry): void {
    const { intentId, seq, type, body } = entry
    if (intentId === null) return
    const row = text(body['row'])
    if (firstTypes.has(type)) {
      this.intents.set(intentId, {
        firstSeq: seq,
        lastSeq: seq,
        row: row,
        decisionInput: text(body['decision_input']),
        policyVersion: text(body['policy_version']),
        denials: body['denials'] === undefined ? null : canonicalText(body['denials']),
        keyed: type === 'intent.recorded' && body['key'] !== undefined,
      })
      if (type === 'intent.recorded') this.approvals.tellRecorded(entry)
    } else {
      const told = this.intents.get(intentId)
      if (told) {
        told.lastSeq = seq
        told.row = row
      }
      this.approvals.tellChange(entry)
    }
    this.findings.push(...this.reservations.tell(entry))
  }

  #tellFill({ seq, atMs }: Entry, fill: Body): void {
    this.fills.set(canonicalText([fill['orderId'], fill['tradeId']]), {
      seq,
      columns: {
        product_id: text(fill['productId']),
        side: text(fill['side']),
        price: text(fill['price']),
        base_size: text(fill['baseSize']),
        fee: text(fill['fee']),
        fee_currency: text(fill['feeCurrency']),
        liquidity: text(fill['liquidity']),
        traded_at_ms: fill['tradedAtMs'] as number,
        sequence_at_ms: fill['sequenceAtMs'] as number,
        recorded_at_ms: atMs,
      },
    })
  }

  /** Who opens for himself alone takes the right to submit from all who were there. */
  #tellOpened({ seq, atMs, body }: Entry): void {
    const id = text(body['instance'])
    if (body['fences_others'] === true) {
      for (const [other, { seq: at, columns }] of this.instances) {
        if (columns['fenced_by'] === null && columns['closed_at_ms'] === null) {
          this.instances.set(other, { seq: at, columns: { ...columns, fenced_by: id } })
        }
      }
    }
    const epoch = Number(text(body['epoch']))
    this.instances.set(id, { seq, columns: { epoch, started_at_ms: atMs, closed_at_ms: null, fenced_by: null } })
  }
}
