import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, type Gateway, loadConfig, openGateway } from '@tidegate/gateway'

const trader = { name: 'local', role: 'trader' } as const

/** Places of one written log. */
export interface WrittenLog {
  readonly folder: string
  readonly config: Config
  /** The SQLite file. */
  readonly store: string
  readonly headsFile: string
  readonly publicKeyFile: string
  remove(): void
}

/** Makes an empty home in a folder of its own. */
export function newHome(
  more: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): WrittenLog {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-audit-'))
  const config = loadConfig({
    flags: { home: folder, 'log-level': 'ERROR', ...more },
    env,
    cwd: folder,
    readFile: () => undefined,
    platform: process.platform,
  })
  const headsFile = config.audit.headsFile
  return {
    folder,
    config,
    store: config.store.file,
    headsFile,
    publicKeyFile: `${headsFile}.pub`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Opens the gateway of a home and waits until it takes orders. */
export async function openReady(config: Config): Promise<Gateway> {
  const gateway = await openGateway(config)
  await until(async () => (await gateway.health()).ready)
  return gateway
}

/**
 * Trades through the real desk, over the real wire of the built-in exchange: fills, resting orders, edits, cancels, refusals, approvals
 * given and denied, a halt and its end.
 *
 * @param name - Of this trading; another one in the same home needs another.
 */
export async function trade(gateway: Gateway, name: string, rounds: number): Promise<void> {
  const call = async (tool: string, args: Record<string, string>, outcome: string): Promise<Answer> => {
    const { structured } = await gateway.mcp.callTool(trader, tool, args)
    if (structured['outcome'] !== outcome)
      throw new Error(`${tool} should be ${outcome}: ${JSON.stringify(structured)}`)
    return structured
  }
  const buy = (quoteSize: string, outcome: string) =>
    call('place_order', { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: quoteSize }, outcome)
  const { value } = await gateway.market.ticker('BTC-USD')
  const price = (share: number): string => value.price.mul(share).toFixed(2)
  const cents = name.charCodeAt(0) % 100
  for (let round = 0; round < rounds; round++) {
    const bought = await buy(`${20 + round}.${cents}`, 'accepted')
    await filled(gateway, String(bought['order_id']))
    const order = {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0005',
      limit_price: price(0.95),
      time_in_force: 'GTC',
    }
    const resting = await call('place_order', { ...order, client_order_id: `${name}-${round}` }, 'accepted')
    const { order_id: orderId } = resting as { order_id: string }
    await call('edit_order', { order_id: orderId, limit_price: price(0.94) }, 'accepted')
    await gateway.mcp.callTool(trader, 'cancel_order', { order_id: orderId })
    await buy(`1000${round}.${cents}`, 'denied')
    const waiting = await buy(`${600 + round}.${cents}`, 'awaiting_approval')
    const intentId = String(waiting['intent_id'])
    const { approvals } = (await gateway.control.call('approvals_list', {})) as { approvals: readonly Answer[] }
    const shown = approvals.find((approval) => approval['intent_id'] === intentId)
    const verdict = { intent_id: intentId, terms_hash: String(shown?.['terms_hash']), reason: 'a test says so' }
    const decided = await gateway.control.call(round % 2 === 0 ? 'approvals_approve' : 'approvals_deny', verdict)
    if (decided['ok'] !== true) throw new Error(`the approval should be decided: ${JSON.stringify(decided)}`)
  }
  await gateway.control.call('halt', { reason: 'a test halts' })
  await buy(`11.${cents}`, 'denied')
  await gateway.control.call('resume', { reason: 'a test resumes' })
  await gateway.control.call('reduce_only', { scope: 'product:ETH-USD', reason: 'a test holds' })
  await gateway.control.call('reconcile', {})
}

type Answer = Readonly<Record<string, unknown>>

async function filled(gateway: Gateway, orderId: string): Promise<void> {
  await until(async () => (await gateway.mcp.readResource(trader, `order://status/${orderId}`)).text.includes('FILLED'))
}

/** Waits until something is so. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}
