import { describe, expect, it } from 'vitest'
import { FACTOR_LOCK_MS, type FactorRow, judgeFactor, type SecondFactor } from './second-factor.js'

const right = (step: number): SecondFactor => ({ stepAt: () => step })
const wrong: SecondFactor = { stepAt: () => undefined }

describe('a one-time code', () => {
  it('is good once, and what came before it is not good any more', () => {
    const first = judgeFactor(undefined, right(10), 0)
    expect(first).toEqual({ ok: true, row: { lastStep: 10, failures: 0 } })
    for (const step of [10, 9]) {
      expect(judgeFactor(first.row, right(step), 0)).toMatchObject({
        ok: false,
        why: 'code_used',
        row: { lastStep: 10, failures: 1 },
      })
    }
    expect(judgeFactor(first.row, right(11), 0)).toMatchObject({ ok: true, row: { lastStep: 11 } })
  })

  it('locks at the fifth wrong one, right ones included, until the time is over to the millisecond', () => {
    let row: FactorRow | undefined = { lastStep: 7, failures: 0 }
    for (let turn = 1; turn <= 4; turn++) {
      const verdict = judgeFactor(row, turn % 2 ? wrong : right(7), 1_000)
      expect(verdict).toMatchObject({ ok: false, row: { lastStep: 7, failures: turn } })
      expect(verdict.row.lockedUntilMs).toBeUndefined()
      row = verdict.row
    }
    const fifth = judgeFactor(row, wrong, 1_000)
    const until = 1_000 + FACTOR_LOCK_MS
    expect(fifth).toMatchObject({ why: 'code_wrong', retryAtMs: until, row: { failures: 0, lockedUntilMs: until } })
    expect(judgeFactor(fifth.row, right(8), until - 1)).toMatchObject({ ok: false, why: 'locked', row: fifth.row })
    expect(judgeFactor(fifth.row, right(8), until)).toEqual({ ok: true, row: { lastStep: 8, failures: 0 } })
    expect(judgeFactor(fifth.row, wrong, until)).toMatchObject({ ok: false, row: { failures: 1 } })
  })

  it('forgets wrong tries with a good code', () => {
    const row = { lastStep: 7, failures: 4 }
    expect(judgeFactor(row, right(8), 0)).toMatchObject({ ok: true, row: { failures: 0 } })
  })
})
