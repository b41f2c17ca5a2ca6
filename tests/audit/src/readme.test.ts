import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { runInNewContext } from 'node:vm'
import * as verifier from '@tidegate/audit-verifier'
import { expect, it } from 'vitest'
import { newHome, openReady, until } from './write-log.js'

it('the example of the README runs in the folder of a real store and prints what it says', async () => {
  const home = newHome()
  const gateway = await openReady(home.config)
  const { structured } = await gateway.mcp.callTool({ name: 'local', role: 'trader' }, 'place_order', {
    product_id: 'BTC-USD',
    side: 'BUY',
    order_type: 'MARKET',
    quote_size: '20',
    client_order_id: 'my-order-1',
  })
  await until(async () => (await gateway.desk.fills({ orderId: structured['order_id'] as string })).length > 0)
  await gateway.close()

  const readme = readFileSync(new URL('../../../packages/audit-verifier/README.md', import.meta.url), 'utf8')
  const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const printed = /```text\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const body = code.replace(/^import (\{.*\}) from '@tidegate\/audit-verifier'$/m, 'const $1 = verifier')
  const lines: string[] = []
  const before = process.cwd()
  process.chdir(dirname(home.store))
  try {
    const log = (...words: readonly unknown[]) => lines.push(words.join(' '))
    await runInNewContext(`(async () => { ${body} })()`, { verifier, console: { log } })
  } finally {
    process.chdir(before)
    home.remove()
  }
  expect(lines.join('\n')).toBe(printed.trim())
}, 60_000)
