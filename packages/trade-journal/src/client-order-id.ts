import { createHmac } from 'node:crypto'

/** Who wishes, and under which name of their own. */
export interface WishName {
  readonly account: string
  readonly principal: string
  readonly key?: string
  readonly intentId: string
}

/**
 * Our id at the venue for a wish: HMAC-SHA256 under the deployment secret, shaped as a v4 UUID. The caller's own key is
 * never sent, so nobody can aim at somebody else's order; without a key the intent id makes it unique.
 *
 * @param deploySecret - Hex; kept in the store, made once.
 */
export function clientOrderId(deploySecret: string, environment: string, wish: WishName): string {
  const named = wish.key === undefined ? ['intent', wish.intentId] : ['key', wish.key]
  const bytes = createHmac('sha256', Buffer.from(deploySecret, 'hex'))
    .update(JSON.stringify(['tidegate.client-order-id/1', environment, wish.account, wish.principal, ...named]))
    .digest()
    .subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
