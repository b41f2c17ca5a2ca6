const raws = new WeakMap<object, object>()

/** Notes what a result was read from, and returns the result. */
export function rememberRaw<T extends object>(result: T, raw: object): T {
  raws.set(result, raw)
  return result
}

/**
 * What the venue sent for a result of this client: every field under the venue's own name, also those that the result
 * leaves
 * out and those that Coinbase added after this was written. Numbers that no schema knows are decimal text.
 *
 * @returns `undefined` for an object that did not come from this client, or that was copied.
 *
 * @example
 * const order = await client.getOrder(orderId)
 * rawOf(order)?.['retail_portfolio_id']
 */
export function rawOf(result: object | undefined): Readonly<Record<string, unknown>> | undefined {
  return result && (raws.get(result) as Readonly<Record<string, unknown>> | undefined)
}
