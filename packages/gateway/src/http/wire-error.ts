import {
  BaseError,
  type BaseErrorOptions,
  ConfigError,
  describeCode,
  type ErrorCode,
  errorCodes,
  HomeOwnedError,
  IdempotencyConflictError,
  InputError,
  type InputIssue,
  NotFoundError,
  NotReadyError,
  PermissionError,
  StoreError,
  type StoreErrorCode,
} from '@tidegate/trading-model'

/** An error as it crosses from the owner of a home to those who attached. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint?: string
  readonly details?: string
  readonly issues?: readonly InputIssue[]
}

/** What a fault looks like to the caller. Faults that are not ours say nothing about themselves. */
export function toWireError(error: unknown): WireError {
  if (!BaseError.isInstance(error)) {
    return { code: 'ERR_INVARIANT', message: 'Something went wrong inside; the log has the details' }
  }
  const shown = error.toJSON()
  const issues = (error as Partial<InputError>).issues
  return {
    code: error.code,
    message: text(shown['message']) ?? error.code,
    ...given('hint', text(shown['hint'])),
    ...given('details', text(shown['details'])),
    ...(issues === undefined ? {} : { issues }),
  }
}

/** HTTP status of a fault, from the one code table. */
export function statusOf(error: WireError): number {
  return describeCode(error.code).httpStatus
}

/** Makes the error of the same kind again on the other side. */
export function fromWireError(value: unknown): BaseError {
  const wire = (typeof value === 'object' && value !== null ? value : {}) as Partial<WireError>
  const code = wire.code !== undefined && Object.hasOwn(errorCodes, wire.code) ? wire.code : 'ERR_INVARIANT'
  const message = wire.message ?? 'The gateway answered with something that is no error of ours'
  const options = {
    ...(wire.hint === undefined ? {} : { hint: wire.hint }),
    ...(wire.details === undefined ? {} : { details: wire.details }),
  }
  if (code === 'ERR_INPUT_INVALID') {
    return new InputError(wire.issues ?? [{ field: 'request', problem: message, fix: wire.hint ?? 'correct it' }])
  }
  if (code === 'ERR_CONFIG_MISSING' || code === 'ERR_CONFIG_INVALID') return new ConfigError(code, message, options)
  if (code.startsWith('ERR_STORE_')) return new StoreError(code as StoreErrorCode, message, options)
  const Kind = kinds[code]
  return Kind ? new Kind(message, options) : new BaseError(code, message, options)
}

const kinds: Partial<Record<ErrorCode, new (message: string, options: BaseErrorOptions) => BaseError>> = {
  ERR_NOT_FOUND: NotFoundError,
  ERR_PERMISSION: PermissionError,
  ERR_NOT_READY: NotReadyError,
  ERR_HOME_OWNED: HomeOwnedError,
  ERR_IDEMPOTENCY_CONFLICT: IdempotencyConflictError,
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function given<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: string }
}
