import { describe, expect, it } from 'vitest'
import { noFacts, type TicketFacts } from './ticket-facts.js'
import { ticketView } from './ticket-model.js'

const NOW = Date.UTC(2026, 10, 24, 12)
const view = (facts: Partial<TicketFacts>, nowMs = NOW) =>
  ticketView({ ...noFacts, isAnswered: facts.content !== undefined, ...facts }, nowMs)
const word = (facts: Partial<TicketFacts>, nowMs = NOW): string => view(facts, nowMs).standing.word
const awaiting = {
  outcome: 'awaiting_approval',
  intent_id: 'i-1',
  needs_approval: true,
  approval_expires_at: '2026-11-24T12:10:00.000Z',
  env: 'production',
}

describe('how an order stands', () => {
  it('never calls a doubt a no, or a no a doubt', () => {
    expect(word({ content: { outcome: 'unknown', error: { code: 'X' } } })).toBe('Unknown')
    expect(word({ content: { outcome: 'denied', error: { code: 'X' } } })).toBe('Denied')
    expect(word({ content: { outcome: 'rejected', error: { code: 'X' } } })).toBe('Rejected')
    expect(word({ content: { success: false, error: { code: 'ERR_INPUT_INVALID', message: 'no' } } })).toBe('Refused')
  })

  it('is no news without an answer, and cannot be read when the answer is empty', () => {
    expect(word({})).toBe('Asking')
    expect(word({ isCancelled: true })).toBe('Call cancelled')
    expect(word({ content: {} })).toBe('Cannot be read')
    expect(word({ content: { outcome: 'constructor' } })).toBe('Cannot be read')
  })

  it('follows what was read later, and takes a state that is new to it for live', () => {
    const late = (state: string) => view({ content: awaiting, order: { state } }).standing
    expect(late('FILLED').word).toBe('Filled')
    expect(late('APPROVAL_DENIED').word).toBe('Not approved')
    expect(late('SOMETHING_NEW')).toMatchObject({ word: 'Cannot be read', tone: 'wait' })
    expect(late('SOMETHING_NEW').sentence).toContain('Take it for live')
  })

  it('does not go on waiting past its time', () => {
    expect(word({ content: awaiting })).toBe('Waits for a person')
    expect(word({ content: awaiting }, NOW + 600_000)).toBe('Time to approve is over')
  })

  it('of a dry run is a dry run, also when the limits said no', () => {
    expect(word({ content: { outcome: 'dry_run', dry_run: true } })).toBe('Dry run')
    expect(word({ content: { outcome: 'denied', dry_run: true, denials: [] } })).toBe('Denied (dry run)')
  })
})

describe('the ticket', () => {
  it('names real money, and takes an account without a name for it', () => {
    expect(view({ content: awaiting }).env).toEqual({ word: 'REAL MONEY', isReal: true })
    expect(view({ content: { ...awaiting, env: 'paper' } }).env.isReal).toBe(false)
    expect(view({ content: { ...awaiting, env: 'PAPER<b>' } }).env.isReal).toBe(true)
  })

  it('lists every finding, those that said no first; without findings only the denials, and says so', () => {
    const findings = [
      { rule: 'funds', passed: true, limit: '10', actual: '1', unit: 'USD' },
      { rule: 'max-order-value', passed: false, limit: '1000', actual: '1250.50', unit: 'USD' },
    ]
    const denials = [
      {
        code: 'RISK_MAX_ORDER_VALUE',
        limit: '1000',
        actual: '1250.50',
        unit: 'USD',
        message: 'Too much.',
        cure: 'less',
      },
    ]
    const content = { outcome: 'denied', denials }
    const whole = view({ content, beside: { findings } })
    expect(whole.limits.map(({ name, passed }) => [name, passed])).toEqual([
      ['Value of one order', false],
      ['Funds', true],
    ])
    expect(whole.limitsNote).toBe('')
    const part = view({ content })
    expect(part.limits).toEqual([
      { name: 'RISK_MAX_ORDER_VALUE', asked: '1250.50', allowed: '1000', unit: 'USD', passed: false },
    ])
    expect(part.limitsNote).toContain('Only the limits that said no')
    expect(part.reasons).toEqual(['Too much. To pass: less.'])
  })

  it('says who must approve, with the hash to compare and where', () => {
    const { approval } = view({
      content: { ...awaiting, terms_hash: 'abc', approval_url: 'http://127.0.0.1:1/approve/i-1' },
    })
    expect(approval).toEqual({
      expiresAtMs: NOW + 600_000,
      isWaiting: true,
      command: 'tidegate approvals show i-1',
      hash: 'abc',
      address: 'http://127.0.0.1:1/approve/i-1',
      approvedBy: '',
    })
    expect(view({ content: { outcome: 'accepted', state: 'OPEN' } }).approval).toBeUndefined()
  })

  it('keeps amounts as they came, with their unit, and says which it cannot read', () => {
    const { terms, cost, done } = view({
      args: {
        product_id: 'ETH-USD',
        side: 'SELL',
        order_type: 'LIMIT',
        size: '0.10',
        limit_price: 3000,
        post_only: true,
      },
      content: {
        outcome: 'accepted',
        state: 'OPEN',
        product_id: 'ETH-USD',
        filled_size: '0.000000000000000001',
        estimate: { total: '300.1000', fee_rate: '0.006', worst_price: '3e3' },
      },
    })
    const pairs = (lines: typeof terms) => lines.map(({ name, value }) => [name, value])
    expect(pairs(terms)).toEqual([
      ['Side', 'SELL'],
      ['Product', 'ETH-USD'],
      ['Type', 'LIMIT'],
      ['Size', '0.10 ETH'],
      ['Limit price', 'cannot be read'],
      ['Post only', 'yes'],
    ])
    expect(pairs(cost)).toEqual([
      ['Worst price', 'cannot be read'],
      ['Fee rate', '0.006 of the value'],
      ['Total', '300.1000 USD'],
    ])
    expect(pairs(done)).toEqual([['Filled', '0.000000000000000001 ETH']])
  })

  it('has nothing done to show of an order that never left', () => {
    for (const state of ['AWAITING_APPROVAL', 'DENIED', 'RESERVED']) {
      expect(view({ content: { outcome: 'denied', state, filled_size: '0' } }).done).toEqual([])
    }
  })
})
