import {
  BaseError,
  ConfigError,
  type ErrorCode,
  errorCodes,
  InputError,
  NotFoundError,
  StoreError,
} from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { fromWireError, statusOf, toWireError } from './wire-error.js'

const overTheWire = (error: unknown): BaseError => fromWireError(JSON.parse(JSON.stringify(toWireError(error))))

describe('errors between processes', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('%s keeps code, sentence and hint', (code) => {
    const issues = [{ field: 'size', problem: 'is zero', fix: 'send more' }]
    const original =
      code === 'ERR_INPUT_INVALID'
        ? new InputError(issues)
        : new BaseError(code, 'it failed', { hint: 'try this', details: 'why' })
    const copy = overTheWire(original)
    expect(copy.toJSON()).toMatchObject({
      code,
      message: original.shortMessage,
      hint: original.hint,
    })
    expect(statusOf(toWireError(original))).toBe(errorCodes[code].httpStatus)
    expect(BaseError.isInstance(copy)).toBe(true)
  })

  it('keep their class where it carries meaning', () => {
    expect(overTheWire(new NotFoundError('no'))).toBeInstanceOf(NotFoundError)
    expect(overTheWire(new StoreError('ERR_STORE_BUSY', 'no'))).toBeInstanceOf(StoreError)
    expect(overTheWire(new ConfigError('ERR_CONFIG_MISSING', 'no'))).toBeInstanceOf(ConfigError)
    const input = overTheWire(new InputError([{ field: 'size', problem: 'is zero', fix: 'send more' }]))
    expect((input as InputError).issues).toEqual([{ field: 'size', problem: 'is zero', fix: 'send more' }])
  })

  it.each([undefined, null, 5, 'x', [], {}, { code: 'ERR_MADE_UP' }, { code: 'toString' }, { code: '__proto__' }])(
    'that are none of ours (%j) are a bug, not a crash',
    (value) => {
      expect(fromWireError(value).code).toBe('ERR_INVARIANT')
    },
  )

  it('of strangers say nothing about themselves', () => {
    expect(JSON.stringify(toWireError(new Error('CANARY')))).not.toContain('CANARY')
    const cause = new Error('CANARY')
    expect(JSON.stringify(toWireError(new NotFoundError('no', { cause })))).not.toContain('CANARY')
  })
})
