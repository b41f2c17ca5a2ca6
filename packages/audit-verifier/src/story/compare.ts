import { canonicalText } from '../canonical.js'
import { sha256 } from '../entry-format.js'
import type { Field, Row } from '../field.js'
import { bad, type Finding } from '../finding.js'
import { rowName } from './reservations.js'
import type { Story } from './story.js'
import type { ToldRow } from './told.js'

/** Tables that are compared with the log, and in which order their rows come. */
export const comparedTables = {
  intents: 'ordinal',
  decision_inputs: 'intent_id',
  idempotency_keys: 'intent_id',
  reservations: 'intent_id',
  limit_rows: 'scope',
  approvals: 'intent_id',
  modes: 'scope',
  fills: 'order_id',
  policy_versions: 'version',
  day_marks: 'day',
  instances: 'epoch',
} as const

export type ComparedTable = keyof typeof comparedTables

/** Compares one table after another with the story; pure, fed with rows. */
export class Comparison {
  readonly findings: Finding[] = []
  readonly #seen = new Map<ComparedTable, Set<string>>()
  readonly #keyed = new Map<string, { readonly principal: Field; readonly key: Field; readonly wish: Field }>()
  /** When requests for approval end, as the intents have it. */
  readonly #expiry = new Map<string, Field>()
  #heldRows = 0

  constructor(readonly story: Story) {}

  /** Takes a row of a table. Intents come before the tables that hang on them. */
  row(table: ComparedTable, row: Row): void {
    this.#compare[table](row)
  }

  /** After the last row of all, once: what the log tells of and no table has. True when all was as the log says. */
  end(): boolean {
    if (!this.#ended) this.#findMissing()
    this.#ended = true
    return this.findings.length === 0
  }

  #ended = false

  #findMissing(): void {
    const { story } = this
    for (const [id, { lastSeq }] of story.intents) {
      if (!this.#has('intents', id)) this.#missing(`intent ${id}`, lastSeq)
      if (!this.#has('decision_inputs', id)) this.#missing(`what intent ${id} was decided from`, lastSeq)
    }
    for (const id of this.#keyed.keys()) {
      if (!this.#has('idempotency_keys', id))
        this.#missing(`the key that intent ${id} used up`, story.intents.get(id)?.firstSeq)
    }
    let told = 0
    for (const id of story.intents.keys()) told += story.reservations.of(id)?.size ?? 0
    if (told !== this.#heldRows) {
      this.#add('RECORD_MISSING', `The log tells of ${told} reservations, the database has ${this.#heldRows}.`)
    }
    for (const name of story.reservations.sums().keys()) {
      if (!this.#has('limit_rows', name)) this.#missing(`the limit row ${name}`)
    }
    this.#allSeen('approvals', story.approvals.rows(), (id) => `the request to approve intent ${id}`)
    this.#allSeen('modes', story.modes, (scope) => `the mode of ${scope}`)
    this.#allSeen('fills', story.fills, (id) => `fill ${id}`)
    this.#allSeen('policy_versions', story.policies, (version) => `policy version ${version}`)
    this.#allSeen('day_marks', story.dayMarks, (day) => `the mark of day ${day}`)
    this.#allSeen('instances', story.instances, (id) => `instance ${id}`)
  }

  readonly #compare: Readonly<Record<ComparedTable, (row: Row) => void>> = {
    intents: (row) => this.#intent(row),
    decision_inputs: (row) => this.#decisionInput(row),
    idempotency_keys: (row) => this.#key(row),
    reservations: (row) => this.#reservation(row),
    limit_rows: (row) => this.#limitRow(row),
    approvals: (row) => {
      const id = name(row['intent_id'])
      this.#told('approvals', id, row, this.story.approvals.rows().get(id), `the approval of intent ${id}`)
      if (row['expires_at_ms'] === this.#expiry.get(id)) return
      this.#add('RECORD_CHANGED', `The approval of intent ${id} ends at another time than the intent says.`)
    },
    modes: (row) => {
      const scope = name(row['scope'])
      // The account's row stands from the beginning, set by nobody.
      const untouched = scope === 'account' && row['at_ms'] === 0 && row['mode'] === 'ACTIVE'
      if (untouched && !this.story.modes.has(scope)) return
      this.#told('modes', scope, row, this.story.modes.get(scope), `the mode of ${scope}`)
    },
    fills: (row) => {
      const id = canonicalText([row['order_id'], row['trade_id']])
      this.#told('fills', id, row, this.story.fills.get(id), `fill ${id}`)
    },
    policy_versions: (row) => {
      const version = name(row['version'])
      const hashed = { ...row, body: typeof row['body'] === 'string' ? sha256(row['body']) : undefined }
      this.#told('policy_versions', version, hashed, this.story.policies.get(version), `policy version ${version}`)
    },
    day_marks: (row) => {
      const day = name(row['day'])
      this.#told('day_marks', day, row, this.story.dayMarks.get(day), `the mark of day ${day}`)
    },
    instances: (row) => {
      const id = name(row['instance_id'])
      this.#told('instances', id, row, this.story.instances.get(id), `instance ${id}`)
    },
  }

  #intent(row: Row): void {
    const id = name(row['intent_id'])
    const told = this.story.intents.get(id)
    this.#see('intents', id)
    if (!told) {
      this.#add('RECORD_UNTOLD', `Intent ${id} is in the database and no entry of the log tells of it.`)
      return
    }
    if (row['ordinal'] !== told.firstSeq || intentFingerprint(row) !== told.row) {
      this.#add(
        'RECORD_CHANGED',
        `Intent ${id} is not as entry ${told.lastSeq} left it: its row was changed past the log.`,
        told.lastSeq,
      )
    }
    if (row['approval_expires_at_ms'] !== null) this.#expiry.set(id, row['approval_expires_at_ms'])
    if (told.keyed)
      this.#keyed.set(id, { principal: row['principal'], key: row['idempotency_key'], wish: row['wish_hash'] })
  }

  #decisionInput(row: Row): void {
    const id = name(row['intent_id'])
    const told = this.story.intents.get(id)
    this.#see('decision_inputs', id)
    if (!told) {
      this.#add('RECORD_UNTOLD', `There is something that an unknown intent ${id} was decided from.`)
      return
    }
    const { input, policy_version: version, denials } = row
    const fits =
      typeof input === 'string' &&
      sha256(input) === told.decisionInput &&
      version === told.policyVersion &&
      (denials === told.denials || isMasked(told.denials))
    if (!fits) {
      this.#add(
        'RECORD_CHANGED',
        `What intent ${id} was decided from is not what entry ${told.firstSeq} says.`,
        told.firstSeq,
      )
    }
  }

  #key(row: Row): void {
    const id = name(row['intent_id'])
    this.#see('idempotency_keys', id)
    const told = this.#keyed.get(id)
    if (!told) {
      this.#add('RECORD_UNTOLD', `A key is marked as used by intent ${id}; the log does not say so.`)
      return
    }
    const wish = told.wish === null ? row['terms_hash'] : told.wish
    if (row['principal'] === told.principal && row['idempotency_key'] === told.key && row['terms_hash'] === wish) return
    this.#add(
      'RECORD_CHANGED',
      `The key that intent ${id} used up is not the one in the database.`,
      this.story.intents.get(id)?.firstSeq,
    )
  }

  #reservation(row: Row): void {
    const id = name(row['intent_id'])
    const limit = this.story.reservations.nameOf(name(row['scope']), name(row['window_id']))
    const told = this.story.reservations.of(id)?.get(limit)
    this.#heldRows++
    if (!told) {
      this.#add('RECORD_UNTOLD', `Intent ${id} holds something of ${limit}; the log does not say so.`)
    } else if (row['amount'] !== told.amount || row['remaining'] !== told.remaining) {
      const says = `${told.remaining} of ${told.amount}`
      const has = `${String(row['remaining'])} of ${String(row['amount'])}`
      const seq = this.story.intents.get(id)?.lastSeq
      this.#add('RECORD_CHANGED', `Intent ${id} holds ${has} of ${limit}; the log says ${says}.`, seq)
    }
  }

  #limitRow(row: Row): void {
    const limit = rowName(name(row['scope']), name(row['window_id']))
    this.#sums ??= this.story.reservations.sums()
    this.#see('limit_rows', limit)
    const sum = this.#sums.get(limit)
    const { used } = row
    // Rows that only serve as locks count nothing.
    if (sum === undefined && used === 0) return
    if (sum === undefined) {
      this.#add('RECORD_UNTOLD', `The database counts ${limit}; no entry of the log claims anything of it.`)
      return
    }
    if ((typeof used === 'number' || typeof used === 'bigint') && BigInt(used) === sum) return
    this.#add('RECORD_CHANGED', `Limit ${limit} counts ${String(used)} as used; what the log tells adds up to ${sum}.`)
  }

  #sums: ReadonlyMap<string, bigint> | undefined

  #told(table: ComparedTable, id: string, row: Row, told: ToldRow | undefined, what: string): void {
    this.#see(table, id)
    if (!told) {
      this.#add('RECORD_UNTOLD', `The database has ${what}; no entry of the log tells of it.`)
      return
    }
    for (const [column, value] of Object.entries(told.columns)) {
      if (row[column] === value || isMasked(value)) continue
      this.#add(
        'RECORD_CHANGED',
        `In the database ${what} has ${column} ${show(row[column])}; entry ${told.seq} says ${show(value)}.`,
        told.seq,
      )
    }
  }

  #allSeen(table: ComparedTable, told: ReadonlyMap<string, ToldRow>, what: (id: string) => string): void {
    for (const [id, { seq }] of told) if (!this.#has(table, id)) this.#missing(what(id), seq)
  }

  #missing(what: string, seq?: number): void {
    this.#add('RECORD_MISSING', `The log tells of ${what}; the database has it no more.`, seq)
  }

  #add(code: Finding['code'], words: string, seq?: number): void {
    this.findings.push(bad(code, words, seq))
  }

  #see(table: ComparedTable, id: string): void {
    const seen = this.#seen.get(table) ?? new Set()
    if (seen.has(id)) this.#add('RECORD_UNTOLD', `The database has two rows for ${id} in ${table}.`)
    this.#seen.set(table, seen.add(id))
  }

  #has(table: ComparedTable, id: string): boolean {
    return this.#seen.get(table)?.has(id) ?? false
  }
}

/** Columns of the first release: each counts, with null where it is null. Later ones count where they say something. */
const firstColumns: ReadonlySet<string> = new Set(
  (
    'intent_id ordinal client_order_id environment account principal idempotency_key product_id book_product_id terms terms_hash ' +
    'state cancel_state worst_notional_usd needs_approval reduces_exposure price_band_low price_band_high approval_expires_at_ms ' +
    'approved_by venue_order_id not_before_ms sign_by_ms filled_size filled_value total_fees average_filled_price outcome_code ' +
    'outcome_reason created_at_ms updated_at_ms version'
  ).split(' '),
)

/** All others hold text. */
const wholeColumns: ReadonlySet<string> = new Set(
  'ordinal needs_approval reduces_exposure approval_expires_at_ms not_before_ms sign_by_ms created_at_ms updated_at_ms version'.split(
    ' ',
  ),
)

/** Fingerprint of an intent's whole row, as every entry that changes it carries one. */
export function intentFingerprint(row: Row): string {
  let text = ''
  for (const column of columnsInOrder(row)) {
    const value = row[column]
    if (value === undefined || (column === 'kind' && value === null)) return ''
    if (value !== null && wholeColumns.has(column) === (typeof value === 'string')) return ''
    const isSilent = value === null || (column === 'kind' && value === 'order')
    if (isSilent && !firstColumns.has(column)) continue
    text += `${text === '' ? '{' : ','}"${column}":${value === null ? 'null' : JSON.stringify(String(value))}`
  }
  return sha256(`${text}}`)
}

/** Readers hand rows out in the order of their columns' names; sorting is for those who do not. */
function columnsInOrder(row: Row): readonly string[] {
  const columns = Object.keys(row)
  for (let index = 1; index < columns.length; index++) {
    if ((columns[index - 1] as string) > (columns[index] as string)) return columns.sort()
  }
  return columns
}

/** The log masks what looks like a secret; the row behind it is compared by nothing then. */
function isMasked(value: unknown): boolean {
  return typeof value === 'string' && value.includes('[redacted]')
}

function name(value: Field): string {
  return typeof value === 'string' ? value : `(unreadable: ${String(value)})`
}

function show(value: Field): string {
  return value === undefined ? 'unreadable' : JSON.stringify(typeof value === 'bigint' ? String(value) : value)
}
