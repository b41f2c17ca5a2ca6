import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  cleanEnv,
  cleanUp,
  cliMain,
  eventually,
  type Found,
  freshHome,
  killed,
  onCleanup,
  runCli,
  startServe,
} from './harness.js'

afterEach(cleanUp)

/** An exchange in a process of its own: it goes on when the gateway is gone. */
async function startExchange(home: string): Promise<{ readonly env: Record<string, string> }> {
  const child = spawn(process.execPath, [cliMain, 'paper', '--json', '--port', '0'], {
    env: { ...cleanEnv(home), TIDEGATE_HOME: join(home, 'exchange') },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onCleanup(() => killed(child))
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  const ready = JSON.parse(text.slice(0, text.indexOf('\n'))) as { rest: string; ws: string; keyFile: string }
  return {
    env: {
      ENVIRONMENT: 'production',
      TIDEGATE_COINBASE_REST_URL: ready.rest,
      TIDEGATE_COINBASE_MARKET_WS_URL: ready.ws,
      TIDEGATE_COINBASE_KEY_FILE: ready.keyFile,
      TIDEGATE_SAFETY_DRY_RUN_MODE: 'false',
      TIDEGATE_SAFETY_MAX_ORDER_VALUE_USD: '100',
    },
  }
}

describe('SIGUSR2', () => {
  it('halts the account of a gateway that is running', async () => {
    const home = freshHome()
    const { child } = await startServe(home)
    child.kill('SIGUSR2')
    const status = await eventually(
      async () => (await runCli(['status', '--json'], home)).json(),
      (answer: Found) => answer['mode'] === 'HALTED',
    )
    expect(JSON.stringify(status['modes'])).toContain('signal SIGUSR2')
    expect(child.exitCode).toBeNull()
  })
})

describe('tidegate watchdog', () => {
  it('cancels what rests within 30 s of the gateway’s death, and keeps the home from trading until a person has looked', async () => {
    const home = freshHome()
    const { env } = await startExchange(home)
    const gateway = await startServe(home, env)
    await eventually(
      () => runCli(['status', '--json'], home, env),
      (answer) => answer.json()['ready'] === true,
    )
    const dog = spawn(process.execPath, [cliMain, 'watchdog', '--after', '2'], {
      env: { ...cleanEnv(home), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onCleanup(() => killed(dog))
    let said = ''
    dog.stderr.on('data', (chunk) => {
      said += String(chunk)
    })
    await eventually(
      async () => said,
      (text) => text.includes('watchdog_watches') || text.includes('Watching'),
    )
    const words = ['order', 'place', 'buy', 'BTC-USD', '--type', 'limit', '--size', '0.001', '--limit-price', '20000']
    const placed = await runCli([...words, '--json'], home, env)
    expect(placed.json()).toMatchObject({ success: true })
    const orderId = String(placed.json()['order_id'])

    gateway.child.removeAllListeners('exit')
    const diedAt = performance.now()
    await killed(gateway.child, 'SIGKILL')
    await eventually(
      async () => existsSync(join(home, 'tidegate', 'production', 'HALT')),
      (isThere) => isThere,
      30_000,
    )
    await startServe(home, env)
    const shown = await eventually(
      async () => (await runCli(['order', 'show', orderId, '--json'], home, env)).json(),
      (order: Found) => order['status'] === 'CANCELLED',
      30_000,
    )
    expect(performance.now() - diedAt).toBeLessThan(30_000)
    expect(shown).toMatchObject({ order_id: orderId, filled_size: '0' })
    const refused = await runCli([...words.slice(0, -1), '20001', '--json'], home, env)
    expect([refused.code, JSON.stringify(refused.json()['denials'])]).toEqual([1, expect.stringContaining('HALTED')])
  }, 90_000)

  it('has nothing to watch in paper, and says why', async () => {
    const answer = await runCli(['watchdog', '--json'], freshHome())
    expect(answer.code).toBe(2)
    expect(answer.stderr).toContain('the paper exchange ends with its gateway')
  })
})
