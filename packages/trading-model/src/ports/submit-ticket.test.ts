import { describe, expect, it } from 'vitest'
import { Decimal } from '../money/decimal.js'
import { SubmitTicket, type TicketFields } from './submit-ticket.js'

const mint = (fields: Partial<TicketFields> = {}) =>
  SubmitTicket.mint({
    intentId: 'i1',
    clientOrderId: 'c1',
    terms: {
      productId: 'BTC-USD',
      side: 'BUY',
      orderType: 'MARKET',
      timeInForce: 'IOC',
      size: { kind: 'quote', quoteSize: new Decimal(10) },
    },
    frozenTerms: '{}',
    signFromMs: 0,
    signByMs: 1_000,
    ...fields,
  })

describe('a submit ticket', () => {
  it('is good for one submit and no second', () => {
    const ticket = mint()
    expect(SubmitTicket.redeem(ticket, 999)).toMatchObject({ clientOrderId: 'c1' })
    expect(() => SubmitTicket.redeem(ticket, 999)).toThrow(/used twice/)
  })

  it('is void after its signing time, and stays used up', () => {
    const ticket = mint()
    expect(SubmitTicket.redeem(ticket, 1_001)).toBe('expired')
    expect(() => SubmitTicket.redeem(ticket, 0)).toThrow(/used twice/)
  })

  it('is void when the clock says less than when it was asked for, which would stretch its time', () => {
    expect(SubmitTicket.redeem(mint({ signFromMs: 500 }), 499)).toBe('expired')
    expect(SubmitTicket.redeem(mint({ signFromMs: 500 }), 500)).toMatchObject({ clientOrderId: 'c1' })
    const edit = { signFromMs: 500, targetOrderId: 'v1' }
    expect(SubmitTicket.redeemEdit(mint(edit), 499)).toBe('expired')
    expect(SubmitTicket.redeemEdit(mint(edit), 500)).toMatchObject({ targetOrderId: 'v1' })
  })

  it('of an edit places no order, and one of an order edits nothing; either way it is used up', () => {
    const edit = mint({ targetOrderId: 'v1' })
    expect(() => SubmitTicket.redeem(edit, 0)).toThrow(/edit i1 was used to place an order/)
    expect(() => SubmitTicket.redeemEdit(edit, 0)).toThrow(/used twice/)
    const order = mint()
    expect(() => SubmitTicket.redeemEdit(order, 0)).toThrow(/order i1 was used for an edit/)
    expect(() => SubmitTicket.redeem(order, 0)).toThrow(/used twice/)
    expect(SubmitTicket.redeemEdit(mint({ targetOrderId: 'v1' }), 999)).toMatchObject({ targetOrderId: 'v1' })
    expect(SubmitTicket.redeemEdit(mint({ targetOrderId: 'v1' }), 1_001)).toBe('expired')
  })

  it('cannot be copied or forged', () => {
    const ticket = mint()
    const copy = Object.assign(Object.create(Object.getPrototypeOf(ticket)), ticket) as SubmitTicket
    expect(() => SubmitTicket.redeem(copy, 0)).toThrow(/used twice/)
    const parsed = JSON.parse(JSON.stringify(ticket)) as SubmitTicket
    expect(() => SubmitTicket.redeem(parsed, 0)).toThrow()
    expect(SubmitTicket.redeem(ticket, 0)).not.toBe('expired')
  })
})
