import { afterEach, describe, expect, it } from 'vitest'
import { beginFlow, census } from './labels.js'
import { createSqlWatch } from './watch-sql.js'

const audit = 'insert into "audit" ("seq", "at_ms", "actor", "type", "intent_id") values (?, ?, ?, ?, ?)'

/** Labels of a transaction that runs these statements, without those of plain statements. */
function labelsOf(...statements: readonly (readonly [string, ...unknown[]])[]): readonly string[] {
  beginFlow('place', 1, undefined)
  const watch = createSqlWatch()
  for (const [sql, ...params] of statements) watch.around(sql, params, () => undefined)
  return Object.keys(census()).filter((label) => label.endsWith('/after') && !label.startsWith('statement'))
}

afterEach(() => beginFlow('place', 1, undefined))

describe('the labels of statements', () => {
  it.each([
    ['intent.recorded', 'tx1-commit'],
    ['intent.cancel_requested', 'tx1-commit'],
    ['intent.submit_begun', 'tx2-commit'],
    ['intent.acked', 'tx3-commit'],
    ['intent.edit_applied', 'tx3-commit'],
    ['fills.recorded', 'fills-commit'],
    ['journal.opened', 'other-commit'],
  ])('call the commit that tells of %s %s', (type, step) => {
    expect(labelsOf(['begin immediate'], [audit, 7n, 1n, 'local', type, 'id'], ['commit'])).toEqual([`${step}/after`])
  })

  it('tell a commit without news from one that only read', () => {
    expect(labelsOf(['begin'], ['select * from "intents" where "intent_id" = ?', 'x'], ['commit'])).toEqual([
      'store-read/after',
    ])
    expect(labelsOf(['begin'], ['update "audit_head" set "exported_seq" = ?', 3n], ['commit'])).toEqual([
      'audit-checkpoint/after',
    ])
  })

  it('know the three statements of the first transaction', () => {
    expect(
      labelsOf(
        ['select "intent_id" from "idempotency_keys" where "principal" = ?', 'local'],
        ['update "limit_rows" set "used" = used + 5 where "scope" = ?', 'exposure:BTC'],
        ['insert into "intents" ("intent_id") values (?)', 'x'],
      ),
    ).toEqual(['key-lookup/after', 'limits/after', 'insert/after'])
  })

  it('know them where PostgreSQL gets several in one statement, and call its commit by the entry among them', () => {
    const reads = 'select "earlier"."earlier_id" from "meta" left join (select "intent_id" from "intents" where'
    expect(
      labelsOf(
        ['begin isolation level read committed'],
        [`${reads} coalesce(wish_hash, terms_hash) = $1) as "earlier" on true`, 'hash'],
        [
          'with held as (select r.scope from limit_rows r for update of r) update limit_rows set used = $1 from held',
          5n,
        ],
        [
          `with "change_0" as (insert into "intents" ("intent_id") values ($1)), "change_1" as (${audit}) update "audit_head" set "seq" = $9`,
          'id',
          7n,
          'intent.recorded',
          8n,
        ],
        ['commit'],
      ),
    ).toEqual(['key-lookup/after', 'limits/after', 'insert/after', 'tx1-commit/after'])
    expect(labelsOf(['begin'], ['select scope from limit_rows where scope = $1 for update'], ['commit'])).toEqual([
      'store-read/after',
    ])
  })

  it('mark a statement that is answered later only when it is answered', async () => {
    beginFlow('place', 1, undefined)
    let answer: () => void = () => {}
    const done = createSqlWatch().around(
      'insert into "intents" ("intent_id") values ($1)',
      ['x'],
      () => new Promise<void>((resolve) => (answer = resolve)),
    )
    expect(census()).toEqual({ 'insert/before': 1 })
    answer()
    await done
    expect(census()).toEqual({ 'insert/before': 1, 'insert/after': 1 })
  })
})
