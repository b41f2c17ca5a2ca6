import { createSecretKey, type KeyObject } from 'node:crypto'
import { inspect } from 'node:util'

const MASK = '[redacted]'

/**
 * Text that shows itself only when asked by name: printing, logging, JSON and inspection give a mask. It is kept in a key object,
 * outside the heap, so that a heap snapshot has it no longer than somebody uses it.
 */
export class Secret {
  readonly #key: KeyObject | undefined

  constructor(text: string) {
    // A key object cannot be empty.
    this.#key = text === '' ? undefined : createSecretKey(Buffer.from(text, 'utf8'))
  }

  /** The text itself. Call it where the secret is used, and keep nothing. */
  reveal(): string {
    return this.#key?.export().toString('utf8') ?? ''
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [Symbol.toPrimitive](): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
