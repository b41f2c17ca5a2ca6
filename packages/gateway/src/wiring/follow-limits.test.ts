import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '../config/config.js'
import { loadConfig } from '../config/load-config.js'
import type { Gateway } from '../gateway.js'
import { openLog } from '../log/open-log.js'
import { openGateway } from '../open-gateway.js'

let folder: string
let file: string
let gateway: Gateway

const read = (): Config =>
  loadConfig({
    flags: { home: folder, config: file, 'log-level': 'ERROR' },
    env: {},
    cwd: folder,
    readFile: (path) => (path === file ? readFileSync(path, 'utf8') : undefined),
    platform: process.platform,
  })
const write = (usd: number, perMinute: number): void =>
  writeFileSync(
    file,
    `safety:\n  max_order_value_usd: ${usd}\npolicy:\n  max_orders_per_minute: ${perMinute}\n  max_open_orders: 20\n  max_reentries: 20\n`,
  )

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-limits-'))
  file = join(folder, 'tidegate.yaml')
  write(100, 20)
  const config = read()
  const log = openLog(config, undefined, { quiet: true })
  gateway = await openGateway(config, { log, reread: async () => read() })
  while (!(await gateway.health()).ready) await new Promise((resolve) => setTimeout(resolve, 20))
}, 30_000)
afterAll(async () => {
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

const buy = async (usd: number): Promise<unknown> => {
  const args = { product_id: 'BTC-USD', side: 'BUY', order_type: 'MARKET', quote_size: String(usd) }
  const { structured } = await gateway.mcp.callTool({ name: 'local', role: 'trader' }, 'place_order', args)
  return structured['outcome']
}

describe('the limits of a file that is changed while the gateway runs', () => {
  it('are tightened by the file alone, and loosened by a person who names what waits', async () => {
    expect(await buy(90)).toBe('accepted')
    write(50, 30)
    while (gateway.desk.policy.maxOrderValueUsd.toFixed() !== '50')
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(gateway.desk.policy.maxOrdersPerMinute).toBe(20)
    expect(await buy(80)).toBe('denied')

    write(200, 30)
    const report = await gateway.control.call('policy_reload', {})
    expect(report).toMatchObject({ ok: true, applied: [] })
    expect((report['waiting'] as { changes: unknown[] }).changes).toContainEqual({
      key: 'max_order_value_usd',
      from: '50',
      to: '200',
      effect: 'looser',
    })
    expect(await buy(81)).toBe('denied')
    const shown = await gateway.control.call('policy_show', {})
    const { version } = shown['waiting'] as { version: string }
    await expect(gateway.control.call('policy_loosen', { version: '00000000' })).rejects.toThrow(
      /What waits is version/,
    )
    await expect(gateway.control.call('policy_loosen', {})).rejects.toThrow(/version/)
    expect(await gateway.control.call('policy_loosen', { version: version.slice(0, 12) })).toMatchObject({ ok: true })
    expect(await buy(150)).toBe('accepted')
    expect(await gateway.control.call('policy_show', {})).toMatchObject({ waiting: null })

    const { entries } = (await gateway.control.call('audit_show', { limit: 1_000 })) as { entries: { type: string }[] }
    const told = entries.map(({ type }) => type).filter((type) => type.startsWith('policy.'))
    expect(told.filter((type) => type !== 'policy.recorded')).toEqual([
      'policy.reloaded',
      'policy.reloaded',
      'policy.loosened',
    ])
    expect(await gateway.control.call('audit_verify', {})).toMatchObject({ ok: true })
  }, 30_000)

  it('stay as they are when the file is wrong', async () => {
    const before = gateway.desk.policy.version
    writeFileSync(file, 'safety:\n  max_order_value_usd: plenty\n')
    await expect(gateway.control.call('policy_reload', {})).rejects.toThrow(/max_order_value_usd/)
    expect(gateway.desk.policy.version).toBe(before)
  })
})
