import type { HttpRequest, OrderTerms } from '@tidegate/trading-model'
import type { Bench } from './judge.js'
import type { ShadowIntent } from './shadow.js'

/**
 * Looks at requests that could make or change an order as they leave, before anything can happen to them: never more than tickets were
 * minted for them (I1), and each signed between its ticket and the last moment for that (I9). What the network repeats on its own is
 * not sent again by us.
 */
export function createSendCheck(bench: () => Bench): (verb: string, request: HttpRequest) => void {
  const sends = new Map<string, number>()
  return (verb, request) => {
    if (verb !== 'create-order' && verb !== 'edit-order') return
    const { shadow, blame } = bench()
    const wire = JSON.parse(request.body ?? '{}') as Readonly<Record<string, string>>
    const name = wire['client_order_id'] ?? `${wire['order_id']} ${wire['price']} ${wire['size']}`
    const count = (sends.get(name) ?? 0) + 1
    sends.set(name, count)
    const entries = verb === 'create-order' ? [shadow.byClientOrderId(name)] : editsOf(bench(), wire['order_id'], name)
    const tickets = entries.reduce((sum, entry) => sum + (entry?.tickets ?? 0), 0)
    if (count > tickets) blame('I1', `${verb} ${name} leaves for the ${count}. time, ${tickets} tickets stand for it`)
    const last = entries.at(-1)
    if (last) checkSigned(bench(), last, request)
  }
}

/** Both times by the process's own idea of the venue's; a token tells whole seconds. */
function checkSigned({ blame, signWithinMs }: Bench, { intent }: ShadowIntent, request: HttpRequest): void {
  const [, claims = ''] = request.headers['authorization']?.split('.') ?? []
  if (claims === '' || intent.signByMs === undefined) return
  const { nbf } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { readonly nbf: number }
  const signedMs = nbf * 1_000
  if (signedMs > intent.signByMs)
    blame('I9', `intent ${intent.intentId} is signed ${signedMs - intent.signByMs} ms after it had to be`)
  if (signedMs + 1_000 < intent.signByMs - signWithinMs)
    blame('I9', `intent ${intent.intentId} goes out under a token that is older than its ticket`)
}

function editsOf({ shadow }: Bench, orderId: string | undefined, change: string): readonly ShadowIntent[] {
  const target = shadow.byVenueOrderId(orderId ?? '')
  return shadow
    .changesOf(target?.intent.intentId ?? '')
    .filter(({ first }) => first.kind === 'edit' && `${orderId} ${said(first.terms)}` === change)
}

function said(terms: OrderTerms): string {
  if (terms.orderType === 'MARKET' || terms.size.kind !== 'base') return ''
  return `${terms.limitPrice.toFixed()} ${terms.size.baseSize.toFixed()}`
}
