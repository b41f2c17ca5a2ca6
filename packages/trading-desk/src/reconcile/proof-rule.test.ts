import { describe, expect, it } from 'vitest'
import { resolveSettings } from '../settings.js'
import { createProofLedger, proofMomentMs } from './proof-rule.js'

const proof = { tokenLifetimeMs: 120_000, skewMarginMs: 5_000, processingMs: 15_000, minScans: 3, minSpreadMs: 30_000 }
const intent = { intentId: 'i', signByMs: 1_000_000, updatedAtMs: 0 } as never

describe('the proof that an order was never accepted', () => {
  const moment = proofMomentMs(intent, proof)

  it('cannot begin before the last token has run out, the clocks and the venue had their margin', () => {
    expect(moment).toBe(1_140_000)
  })

  it('needs three complete scans over thirty seconds, all begun after that moment', () => {
    const ledger = createProofLedger(proof)
    expect(ledger.noteAbsence(intent, moment + 1)).toBeUndefined()
    expect(ledger.noteAbsence(intent, moment + 15_000)).toBeUndefined()
    expect(ledger.noteAbsence(intent, moment + 30_001)).toMatch(/3 complete scans over 30 s/)
  })

  it('counts no scan from before, however many there are', () => {
    const ledger = createProofLedger(proof)
    for (let scan = 0; scan < 100; scan++) expect(ledger.noteAbsence(intent, moment - scan)).toBeUndefined()
    expect(ledger.noteAbsence(intent, moment + 60_000)).toBeUndefined()
  })

  it('is not given by many scans in a hurry', () => {
    const ledger = createProofLedger(proof)
    for (let scan = 1; scan < 300; scan++) expect(ledger.noteAbsence(intent, moment + scan * 100)).toBeUndefined()
  })

  it('cannot be weakened in production, only in paper', () => {
    const weak = { proof: { tokenLifetimeMs: 1, skewMarginMs: 1, processingMs: 1, minScans: 1, minSpreadMs: 1 } }
    expect(resolveSettings(weak, 'production').proof).toEqual(proof)
    expect(resolveSettings(weak, 'paper').proof).toEqual(weak.proof)
  })
})
