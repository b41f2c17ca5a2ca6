import type { Step } from '../protocol.js'
import { mark } from './labels.js'

/** Which commit a transaction ends with, by the audit entries it wrote; the first that fits counts. */
const commits: readonly (readonly [RegExp, Step])[] = [
  [/^intent\.(recorded|denied|cancel_requested|edit_recorded)$/, 'tx1-commit'],
  [/^intent\.(submit_begun|edit_begun)$/, 'tx2-commit'],
  [/^intent\./, 'tx3-commit'],
  [/^fills\./, 'fills-commit'],
]

/** Watches one connection's statements and gives each of them its label. */
export interface SqlWatch {
  /** Runs a statement between its two labels. */
  around<T>(sql: string, params: readonly unknown[], run: () => T): T
}

/** @returns A watch that knows what the transaction under way has written. */
export function createSqlWatch(): SqlWatch {
  let audited: string[] = []
  let wrote = false

  function stepOf(sql: string, params: readonly unknown[]): Step {
    if (/^\s*(begin|start transaction)/i.test(sql)) {
      audited = []
      wrote = false
      return 'statement'
    }
    if (/^\s*commit/i.test(sql)) return commitStep()
    if (/^\s*select\b/i.test(sql)) {
      return /"idempotency_keys"|"terms_hash" = /.test(sql) ? 'key-lookup' : 'statement'
    }
    if (!/^\s*(insert|update|delete)\b/i.test(sql)) return 'statement'
    wrote = true
    if (/^\s*insert into "audit" /i.test(sql)) {
      audited.push(
        ...params.filter((value): value is string => typeof value === 'string' && /^[a-z_]+\.[a-z_]+$/.test(value)),
      )
    }
    if (/"(limit_rows|reservations)"/.test(sql)) return 'limits'
    return /^\s*insert into "intents"/i.test(sql) ? 'insert' : 'statement'
  }

  function commitStep(): Step {
    for (const [pattern, step] of commits) if (audited.some((type) => pattern.test(type))) return step
    if (audited.length > 0) return 'other-commit'
    return wrote ? 'audit-checkpoint' : 'store-read'
  }

  return {
    around<T>(sql: string, params: readonly unknown[], run: () => T): T {
      const step = stepOf(sql, params)
      mark(step, 'before')
      const result = run()
      if (result instanceof Promise) {
        return result.then((value: unknown) => {
          mark(step, 'after')
          return value
        }) as T
      }
      mark(step, 'after')
      return result
    },
  }
}
