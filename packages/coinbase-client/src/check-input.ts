import { type DecimalInput, positiveText } from '@tidegate/coinbase-wire'
import { formatDecimal, InputError } from '@tidegate/trading-model'

/** A schema of coinbase-wire, as far as it is used here. */
interface InputSchema<T> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } }
}

/** Checks what is about to be sent. @throws {InputError} `ERR_INPUT_INVALID` naming each field; nothing has left. */
export function checkInput<T>(schema: InputSchema<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  throw new InputError(
    read.error.issues.map(({ path, message }) => ({
      field: path.map(String).join('.') || 'request',
      problem: message,
      fix: 'see the fields of this request in @tidegate/coinbase-wire',
    })),
  )
}

/** An amount as plain decimal text. @throws {InputError} `ERR_INPUT_INVALID` unless it is above zero. */
export function amountText(value: DecimalInput, field: string): string {
  const text = typeof value === 'string' ? value : formatDecimal(value)
  if (positiveText.safeParse(text).success) return text
  throw new InputError([{ field, problem: 'is no decimal above zero', fix: 'write it like "12.50"' }])
}
