import { BaseError, type BaseErrorOptions } from './base-error.js'

/** A setting is missing or wrong: the program does not start. */
export class ConfigError extends BaseError {
  override readonly name = 'ConfigError'
  constructor(code: 'ERR_CONFIG_MISSING' | 'ERR_CONFIG_INVALID', message: string, options: BaseErrorOptions = {}) {
    super(code, message, options)
  }
}

/** The principal has no right to do this. */
export class PermissionError extends BaseError {
  override readonly name = 'PermissionError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_PERMISSION', message, options)
  }
}

/** A principal called more often than it may; nothing was done. */
export class CallRateError extends BaseError {
  override readonly name = 'CallRateError'
  constructor(
    message: string,
    readonly retryAfterMs: number,
    options: BaseErrorOptions = {},
  ) {
    super('ERR_CALL_RATE', message, { ...options, context: { ...options.context, retryAfterMs } })
  }
}

/** A name that nothing answers to. */
export class NotFoundError extends BaseError {
  override readonly name = 'NotFoundError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_NOT_FOUND', message, options)
  }
}

/** Data is too old for what was asked. */
export class StaleDataError extends BaseError {
  override readonly name = 'StaleDataError'
  constructor(
    message: string,
    readonly ageMs: number,
    readonly maxAgeMs: number,
  ) {
    super('ERR_DATA_STALE', message, { context: { ageMs, maxAgeMs } })
  }
}

export type StoreErrorCode =
  | 'ERR_STORE_BUSY'
  | 'ERR_STORE_LEASE_LOST'
  | 'ERR_STORE_MIGRATION'
  | 'ERR_STORE_CORRUPT'
  | 'ERR_STORE_FOREIGN'
  | 'ERR_STORE_IO'

/** The journal cannot do its work; new orders stop, cancels go on. */
export class StoreError extends BaseError {
  override readonly name = 'StoreError'
  constructor(code: StoreErrorCode, message: string, options: BaseErrorOptions = {}) {
    super(code, message, options)
  }
}

/** Another process owns the home; `owner` says which. */
export class HomeOwnedError extends BaseError {
  override readonly name = 'HomeOwnedError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_HOME_OWNED', message, options)
  }
}

/** The gateway is open but not yet allowed to take new orders. */
export class NotReadyError extends BaseError {
  override readonly name = 'NotReadyError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_NOT_READY', message, options)
  }
}

/** The same key was used for other terms. */
export class IdempotencyConflictError extends BaseError {
  override readonly name = 'IdempotencyConflictError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_IDEMPOTENCY_CONFLICT', message, options)
  }
}

/** A bug of ours. Log it, stop taking orders, exit. */
export class InvariantError extends BaseError {
  override readonly name = 'InvariantError'
  constructor(message: string, options: BaseErrorOptions = {}) {
    super('ERR_INVARIANT', message, options)
  }
}
