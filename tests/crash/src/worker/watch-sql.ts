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

  /** One statement may do several things: PostgreSQL gets the end of a transaction in one. */
  function stepsOf(sql: string, params: readonly unknown[]): readonly Step[] {
    if (/^\s*(begin|start transaction)/i.test(sql)) {
      audited = []
      wrote = false
      return ['statement']
    }
    if (/^\s*commit/i.test(sql)) return [commitStep()]
    if (
      !/^\s*(insert|update|delete)\b/i.test(sql) &&
      !/\b(insert into|delete from|update) "?\w+"? ?(\(|where|set)/i.test(sql)
    ) {
      return /^\s*select\b/i.test(sql) && /"idempotency_keys"|_hash"?\)? = /.test(sql) ? ['key-lookup'] : ['statement']
    }
    wrote = true
    if (/\binsert into "audit" /i.test(sql)) {
      audited.push(
        ...params.filter((value): value is string => typeof value === 'string' && /^[a-z_]+\.[a-z_]+$/.test(value)),
      )
    }
    const steps: Step[] = []
    if (/\b(insert into|delete from|update) "?(limit_rows|reservations)\b/i.test(sql)) steps.push('limits')
    if (/\binsert into "intents"/i.test(sql)) steps.push('insert')
    return steps.length > 0 ? steps : ['statement']
  }

  function commitStep(): Step {
    for (const [pattern, step] of commits) if (audited.some((type) => pattern.test(type))) return step
    if (audited.length > 0) return 'other-commit'
    return wrote ? 'audit-checkpoint' : 'store-read'
  }

  return {
    around<T>(sql: string, params: readonly unknown[], run: () => T): T {
      const steps = stepsOf(sql, params)
      for (const step of steps) mark(step, 'before')
      const result = run()
      const after = (): void => {
        for (const step of steps) mark(step, 'after')
      }
      if (result instanceof Promise) {
        return result.then((value: unknown) => {
          after()
          return value
        }) as T
      }
      after()
      return result
    },
  }
}
