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
export function newHome(more: Readonly<Record<string, string>> = {}): WrittenLog {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-audit-'))
  const config = loadConfig({
    flags: { home: folder, 'log-level': 'ERROR', ...more },
    env: {},
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
 */
export async function trade(gateway: Gateway, rounds: number): Promise<void> {
  const call = async (name: string, args: Record<string, string>) =>
    (await gateway.mcp.callTool(trader, name, args)).structured
  const market = (side: string, size: Record<string, string>) =>
    call('place_order', { product_id: 'BTC-USD', side, order_type: 'MARKET', ...size })
  const price = async (share: number): Promise<string> => {
    const { value } = await gateway.market.ticker('BTC-USD')
    return value.price.mul(share).toFixed(2)
  }
  for (let round = 0; round < rounds; round++) {
    const bought = await market('BUY', { quote_size: `${20 + round}` })
    await filled(gateway, String(bought['order_id']))
    const resting = await call('place_order', {
      product_id: 'BTC-USD',
      side: 'BUY',
      order_type: 'LIMIT',
      size: '0.0005',
      price: await price(0.95),
      client_order_id: `round-${round}`,
    })
    await call('edit_order', { order_id: String(resting['order_id']), price: await price(0.94) })
    await call('cancel_order', { order_id: String(resting['order_id']) })
    await market('BUY', { quote_size: '100000' })
    const waiting = await market('BUY', { quote_size: `${600 + round}` })
    const verb = round % 2 === 0 ? 'approvals_approve' : 'approvals_deny'
    await gateway.control.call(verb, { intent_id: String(waiting['intent_id']), reason: 'a test says so' })
  }
  await gateway.control.call('halt', { reason: 'a test halts' })
  await market('BUY', { quote_size: '11' })
  await gateway.control.call('resume', { reason: 'a test resumes' })
  await gateway.control.call('reduce_only', { scope: 'product:ETH-USD', reason: 'a test holds' })
  await gateway.control.call('reconcile', {})
}

async function filled(gateway: Gateway, orderId: string): Promise<void> {
  await until(async () => (await gateway.mcp.readResource(trader, `order://status/${orderId}`)).text.includes('FILLED'))
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 20))
}
