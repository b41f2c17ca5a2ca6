import { EDIT_FAILURE_REASONS, ENDPOINTS, type EndpointName } from '@tidegate/coinbase-wire'
import { type CancelResult, VenueError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { failureShapes, type Verdict } from '../test-support/answer-shapes.js'
import { trade } from '../test-support/command-samples.js'
import { endpointSamples } from '../test-support/endpoint-samples.js'
import { type Answer, clientOptions, json, memoryHttp, timeBody } from '../test-support/runtime.js'
import { row, transfer } from '../test-support/v2-samples.js'
import { createCoinbaseClient } from './index.js'

const names = Object.keys(ENDPOINTS) as EndpointName[]
const commands = names.filter((name) => ENDPOINTS[name].effect === 'order' || ENDPOINTS[name].effect === 'change')
const questions = ['previewOrder', 'previewEdit', 'createConvertQuote'] as const

const codes: Record<Verdict, { code: string; outcome: string }> = {
  refused: { code: 'ERR_VENUE_REJECTED', outcome: 'not-applied' },
  auth: { code: 'ERR_VENUE_AUTH', outcome: 'not-applied' },
  limited: { code: 'ERR_VENUE_RATE_LIMIT', outcome: 'unknown' },
  unsent: { code: 'ERR_VENUE_NOT_SENT', outcome: 'not-applied' },
  unknown: { code: 'ERR_VENUE_OUTCOME_UNKNOWN', outcome: 'unknown' },
}

/** Calls the verb of an endpoint against one answer; clock measurements are answered and not counted. */
async function ask(name: EndpointName, answer: Answer) {
  const http = memoryHttp((_request, path) => (path.endsWith('/time') ? json(timeBody(Date.now())) : answer))
  const client = createCoinbaseClient(clientOptions(http))
  const got = await endpointSamples[name].call(client).then(
    (result) => ({ result, error: undefined }),
    (error: unknown) => ({ result: undefined, error }),
  )
  return { ...got, sent: http.requests.filter(({ url }) => !url.endsWith('/time')).length }
}

describe.each(commands)('%s', (name) => {
  it.each(failureShapes)(
    'after %s: sent once, and nothing is claimed that is not known',
    async (_shape, answer, verdict) => {
      const { error, sent } = await ask(name, answer)
      expect(error).toBeInstanceOf(VenueError)
      expect(error).toMatchObject({ ...codes[verdict], endpoint: name })
      expect(sent).toBe(1)
    },
  )
})

describe('cancelOrders', () => {
  it.each(failureShapes)('after %s: never refused where it may have been taken', async (_shape, answer, verdict) => {
    const { error, result, sent } = await ask('cancelOrders', answer)
    if (verdict === 'unknown' || verdict === 'limited') {
      expect((result as CancelResult[] | undefined)?.[0]).toMatchObject({ outcome: 'unknown' })
    } else expect(error).toMatchObject(codes[verdict])
    // Once more on a 401, with a fresh token; cancels are safe to repeat.
    expect(sent).toBe((answer as { status?: number }).status === 401 ? 2 : 1)
  })
})

describe.each(questions)('%s, which changes nothing', (name) => {
  it.each(failureShapes)(
    'after %s: is an error with a code, never a crash and never unknown',
    async (_shape, answer, verdict) => {
      const { error, sent } = await ask(name, answer)
      expect(error).toBeInstanceOf(VenueError)
      expect(error).toMatchObject({ outcome: 'not-applied', endpoint: name })
      if (verdict !== 'unknown') expect(error).toMatchObject({ code: codes[verdict].code })
      expect(sent).toBeLessThanOrEqual(3)
    },
  )
})

const refusal = (error_response: object, more: object = {}) => ({ success: false, error_response, ...more })
const created = (fields: object) => ({
  success: true,
  success_response: { order_id: 'o', client_order_id: 'client-1', ...fields },
})
const createShapes: [string, unknown, Verdict | undefined, string?][] = [
  ['success that is ours', created({}), undefined],
  [
    'a reason in new_order_failure_reason',
    refusal({ new_order_failure_reason: 'INVALID_SIDE' }),
    'refused',
    'INVALID_SIDE',
  ],
  [
    'a reason in preview_failure_reason',
    refusal({ error: 'UNKNOWN_FAILURE_REASON', preview_failure_reason: 'PREVIEW_INSUFFICIENT_FUND' }),
    'refused',
    'PREVIEW_INSUFFICIENT_FUND',
  ],
  ['a reason in error', refusal({ error: 'INSUFFICIENT_FUND' }), 'refused', 'INSUFFICIENT_FUND'],
  ['a reason on top', refusal({}, { failure_reason: 'INVALID_REQUEST' }), 'refused', 'INVALID_REQUEST'],
  ['a reason of tomorrow', refusal({ error: 'MOON_IS_FULL' }), 'refused', 'MOON_IS_FULL'],
  ['only a sentence', refusal({ error: 'UNKNOWN_FAILURE_REASON', message: 'configuration was invalid' }), 'refused'],
  ['no reason at all', refusal({ error: 'UNKNOWN_FAILURE_REASON', message: '' }), 'unknown'],
  ['no error_response', { success: false }, 'unknown'],
  ['a null error_response', { success: false, error_response: null }, 'unknown'],
  ['a gateway in trouble', refusal({ error: 'INTERNAL', message: 'internal error' }), 'unknown'],
  ['a gateway that ran out of time', refusal({ error: 'DEADLINE_EXCEEDED', message: 'context' }), 'unknown'],
  ['a used client_order_id', refusal({ new_order_failure_reason: 'DUPLICATE_CLIENT_ORDER_ID' }), 'unknown'],
  ['success for another client_order_id', created({ client_order_id: 'other' }), 'unknown'],
  ['success for another product', created({ product_id: 'DOGE-USD' }), 'unknown'],
  ['success without an order id', created({ order_id: '' }), 'unknown'],
  ['success without anything', { success: true }, 'unknown'],
  ['success in words', { success: 'maybe' }, 'unknown'],
  ['success of another type', { success: 1 }, 'unknown'],
]

describe.each(['createOrder', 'closePosition'] as const)('%s answered 200', (name) => {
  it.each(createShapes)('with %s', async (_shape, answer, verdict, reason) => {
    const { error, sent, result } = await ask(name, json(answer))
    expect(sent).toBe(1)
    if (verdict === undefined) expect(result).toMatchObject({ orderId: 'o' })
    else expect(error).toMatchObject({ ...codes[verdict], endpoint: name, ...(reason ? { venueReason: reason } : {}) })
  })
})

const edits = (edit_failure_reason: string, preview_failure_reason = 'UNKNOWN_PREVIEW_FAILURE_REASON') => ({
  edit_failure_reason,
  preview_failure_reason,
})
const editShapes: [string, unknown, Verdict | undefined, string?][] = [
  ['success', { success: true, errors: [] }, undefined],
  ['success without errors', { success: true }, undefined],
  ['success and null errors', { success: true, errors: null }, undefined],
  [
    'success and an empty error object',
    { success: true, errors: edits('UNKNOWN_EDIT_ORDER_FAILURE_REASON') },
    undefined,
  ],
  ['success that names the order', { success: true, success_response: { order_id: 'order-1' } }, undefined],
  ['success that names another order', { success: true, success_response: { order_id: 'x' } }, 'unknown'],
  ['success and a reason against it', { success: true, errors: [edits('ORDER_NOT_FOUND')] }, 'unknown'],
  ['a list of reasons', { success: false, errors: [edits('INVALID_EDITED_SIZE')] }, 'refused', 'INVALID_EDITED_SIZE'],
  ['one reason as an object', { success: false, errors: edits('CALLER_ID_MISMATCH') }, 'refused', 'CALLER_ID_MISMATCH'],
  [
    'a preview reason only',
    { success: false, errors: [edits('UNKNOWN_EDIT_ORDER_FAILURE_REASON', 'PREVIEW_INSUFFICIENT_FUND')] },
    'refused',
    'PREVIEW_INSUFFICIENT_FUND',
  ],
  [
    'the older error_response',
    { success: false, error_response: { edit_order_failure_reason: 'NOT_STARTED' } },
    'refused',
    'NOT_STARTED',
  ],
  ['no reason', { success: false, errors: [] }, 'unknown'],
  ['only unknown reasons', { success: false, errors: [edits('UNKNOWN_EDIT_ORDER_FAILURE_REASON')] }, 'unknown'],
  ['a gateway in trouble', { success: false, errors: [edits('INTERNAL')] }, 'unknown'],
  ['errors of another type', { success: false, errors: 'INVALID' }, 'unknown'],
]

/** Words after which the order may have the new terms all the same. */
const settleNothing = [
  'UNKNOWN_EDIT_ORDER_FAILURE_REASON',
  'EDIT_REQUEST_EQUAL_TO_ORIGINAL_REQUEST',
  'ORDER_IS_ALREADY_BEING_REPLACED',
  'TOO_MANY_PENDING_REPLACES',
]

describe('editOrder refused', () => {
  it('knows the words it leaves open', () => {
    for (const word of settleNothing.slice(0, 3)) expect(EDIT_FAILURE_REASONS).toContain(word)
  })

  it.each([...new Set([...EDIT_FAILURE_REASONS, ...settleNothing])])('with %s', async (word) => {
    const { error, sent } = await ask('editOrder', json({ success: false, errors: [edits(word)] }))
    expect(sent).toBe(1)
    expect(error).toMatchObject(codes[settleNothing.includes(word) ? 'unknown' : 'refused'])
  })
})

const shapesOf: [EndpointName, string, unknown, Verdict | undefined, string?][] = [
  ...editShapes.map((shape): [EndpointName, ...typeof shape] => ['editOrder', ...shape]),
  ['commitConvertTrade', 'a completed trade', { trade }, undefined],
  ['commitConvertTrade', 'a started trade', { trade: { ...trade, status: 'TRADE_STATUS_STARTED' } }, undefined],
  ['commitConvertTrade', 'a status of tomorrow', { trade: { ...trade, status: 'TRADE_STATUS_SETTLING' } }, undefined],
  ['commitConvertTrade', 'no word of a start', { trade: { ...trade, status: 'TRADE_STATUS_CREATED' } }, 'unknown'],
  ['commitConvertTrade', 'no status', { trade: { ...trade, status: '' } }, 'unknown'],
  [
    'commitConvertTrade',
    'an unspecified status',
    { trade: { ...trade, status: 'TRADE_STATUS_UNSPECIFIED' } },
    'unknown',
  ],
  ['commitConvertTrade', 'another trade', { trade: { ...trade, id: 'other' } }, 'unknown'],
  ['commitConvertTrade', 'no trade', { trade: null }, 'unknown'],
  [
    'commitConvertTrade',
    'a canceled trade',
    { trade: { ...trade, status: 'TRADE_STATUS_CANCELED', cancellation_reason: { error_code: 'QUOTE_EXPIRED' } } },
    'refused',
    'QUOTE_EXPIRED',
  ],
  ['moveFunds', 'both portfolios', { source_portfolio_uuid: 'p-1', target_portfolio_uuid: 'p-2' }, undefined],
  ['moveFunds', 'the wrong way round', { source_portfolio_uuid: 'p-2', target_portfolio_uuid: 'p-1' }, 'unknown'],
  ['moveFunds', 'another target', { source_portfolio_uuid: 'p-1', target_portfolio_uuid: 'p-9' }, 'unknown'],
  ['moveFunds', 'another source', { source_portfolio_uuid: 'p-9', target_portfolio_uuid: 'p-2' }, 'unknown'],
  ['moveFunds', 'half an answer', { source_portfolio_uuid: 'p-1' }, 'unknown'],
  ['moveFunds', 'an empty object', {}, 'unknown'],
  ['sendV2Money', 'a pending send', { data: row }, undefined],
  [
    'sendV2Money',
    'a send that waits for a signature',
    { data: { ...row, status: 'waiting_for_signature' } },
    undefined,
  ],
  ['sendV2Money', 'a failed send', { data: { ...row, status: 'failed' } }, 'refused', 'failed'],
  ['sendV2Money', 'an expired send', { data: { ...row, status: 'expired' } }, 'refused', 'expired'],
  ['sendV2Money', 'another currency', { data: { ...row, amount: { amount: '-1', currency: 'BTC' } } }, 'unknown'],
  ['sendV2Money', 'another request', { data: { ...row, idem: 'key-2' } }, 'unknown'],
  ['sendV2Money', 'no data', { data: null }, 'unknown'],
  ['createV2Withdrawal', 'a canceled withdrawal', { data: { ...transfer, status: 'canceled' } }, 'refused', 'canceled'],
  [
    'createV2Deposit',
    'another currency',
    { data: { ...transfer, amount: { amount: '1', currency: 'EUR' } } },
    'unknown',
  ],
  ['commitV2Deposit', 'another deposit', { data: { ...transfer, id: 'other' } }, 'unknown'],
  ['commitV2Withdrawal', 'another withdrawal', { data: { ...transfer, id: 'other' } }, 'unknown'],
  ['setMultiAssetCollateral', 'the other state', { cross_collateral_enabled: false }, 'unknown'],
  ['setMultiAssetCollateral', 'no state', {}, 'unknown'],
  ['scheduleFuturesSweep', 'no success', { success: false }, 'unknown'],
  ['cancelFuturesSweep', 'no success', { success: false }, 'unknown'],
  ['deletePortfolio', 'a failure in disguise', { success: false }, 'unknown'],
  ['allocatePortfolio', 'an error in disguise', { error_response: { error: 'X' } }, 'unknown'],
]

describe('a command answered 200', () => {
  it.each(shapesOf)('%s, with %s', async (name, _shape, answer, verdict, reason) => {
    const { error, sent } = await ask(name, json(answer))
    expect(sent).toBe(1)
    if (verdict === undefined) expect(error).toBeUndefined()
    else expect(error).toMatchObject({ ...codes[verdict], endpoint: name, ...(reason ? { venueReason: reason } : {}) })
  })
})

describe('a preview answered 200 with a problem', () => {
  it.each([
    ['previewOrder', { errs: ['PREVIEW_INSUFFICIENT_FUND', 'PREVIEW_INVALID_SIDE'] }, 'PREVIEW_INSUFFICIENT_FUND'],
    ['previewOrder', { errs: ['UNKNOWN_PREVIEW_FAILURE_REASON'] }, 'UNKNOWN_PREVIEW_FAILURE_REASON'],
    ['previewEdit', { errors: [edits('ORDER_NOT_FOUND')] }, 'ORDER_NOT_FOUND'],
    ['previewEdit', { errors: edits('INVALID_EDITED_PRICE') }, 'INVALID_EDITED_PRICE'],
  ] as const)('%s %j is a refusal with its reason', async (name, answer, venueReason) => {
    expect((await ask(name, json(answer))).error).toMatchObject({ code: 'ERR_VENUE_REJECTED', venueReason })
  })
})

describe('cancelOrders answered 200', () => {
  const result = (fields: object) => ({ results: [{ order_id: 'order-1', success: false, ...fields }] })
  it.each([
    [result({ success: true, failure_reason: 'UNKNOWN_CANCEL_FAILURE_REASON' }), 'accepted'],
    [result({ success: true, failure_reason: '' }), 'accepted'],
    [result({ failure_reason: 'DUPLICATE_CANCEL_REQUEST' }), 'accepted'],
    [result({ failure_reason: 'ORDER_IS_FULLY_FILLED' }), 'refused'],
    [result({ failure_reason: 'A_REASON_OF_TOMORROW' }), 'refused'],
    [result({ failure_reason: 'UNKNOWN_CANCEL_ORDER' }), 'unknown'],
    [result({ failure_reason: '' }), 'unknown'],
    [result({}), 'unknown'],
    [{ results: [] }, 'unknown'],
    [{ results: null }, 'unknown'],
    [result({ order_id: 'other', success: true }), 'unknown'],
    [{ results: [{ success: true }] }, 'unknown'],
  ])('%j is %s', async (answer, outcome) => {
    expect((await ask('cancelOrders', json(answer))).result).toMatchObject([{ orderId: 'order-1', outcome }])
  })
})

describe('what cannot be sent', () => {
  it.each(['0', '-1', '1e3', 'NaN', '', ' 1', '0x1'])('an amount of %j leaves nothing', async (amount) => {
    const http = memoryHttp(() => json({}))
    const client = createCoinbaseClient(clientOptions(http))
    const move = { amount, currency: 'USD', sourcePortfolioId: 'a', targetPortfolioId: 'b' }
    const send = { to: 'a', amount, currency: 'BTC', idempotencyKey: 'k' }
    const orderConfiguration = { market_market_ioc: { base_size: amount } }
    const order = { clientOrderId: 'c', productId: 'BTC-USD', side: 'BUY', orderConfiguration } as const
    for (const attempt of [
      () => client.moveFunds(move),
      () => client.sendV2Money('w', send),
      () => client.createOrder(order),
      () => client.previewOrder(order),
      () => client.editOrder({ orderId: 'o', price: amount, size: '1' }),
      () => client.previewEdit({ orderId: 'o', price: '1', size: amount }),
      () => client.closePosition({ clientOrderId: 'c', productId: 'P', size: amount }),
      () => client.createConvertQuote({ fromAccountId: 'a', toAccountId: 'b', amount }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
    }
    expect(http.requests).toEqual([])
  })
})
