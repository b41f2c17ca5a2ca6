import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanEnv, cleanUp, cliMain, freshHome, killed, onCleanup, runCli, startServe } from './harness.js'
import { totpCode } from './totp-code.js'

afterEach(cleanUp)

describe('the command line', () => {
  it('opens the home for one command when nobody owns it: buys, shows, lists, accounts', async () => {
    const home = freshHome()
    const placed = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '10', '--json'], home)
    expect(placed.json()).toMatchObject({ success: true, outcome: 'accepted', env: 'paper', denials: [] })
    expect(placed.code).toBe(0)
    const id = String(placed.json()['order_id'])
    const shown = await runCli(['order', 'show', id, '--json'], home)
    expect(shown.json()).toMatchObject({ order_id: id, status: 'FILLED' })
    const positions = await runCli(['positions', '--json'], home)
    expect((positions.json()['positions'] as { asset: string }[]).map((row) => row.asset)).toContain('BTC')
    const audit = await runCli(['audit', 'verify', '--json'], home)
    expect(audit.json()).toMatchObject({ ok: true, firstBad: null })
    expect(audit.code).toBe(0)
  })

  it('proves one order and the whole log from files alone, and says which entry somebody changed', async () => {
    const home = freshHome()
    const placed = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '10', '--json'], home)
    const id = String(placed.json()['order_id'])
    // Nobody owns the home now; nothing is opened.
    const proof = await runCli(['audit', 'show', id, '--json'], home)
    expect(proof).toMatchObject({ code: 0 })
    expect(proof.json()).toMatchObject({ ok: true, anchored: true, audit: { ok: true, reasons: [] } })
    const told = await runCli(['audit', 'show', String(placed.json()['intent_id'])], home)
    expect(told.stdout).toMatch(
      /asked: BUY for 10 of quote currency BTC-USD MARKET IOC[\s\S]*filled: [\s\S]*The audit log holds\./,
    )
    const exported = await runCli(['audit', 'export'], home)
    const entries = exported.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string })
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1))
    const seq = entries.find(({ type }) => type === 'intent.recorded')?.seq

    const files = readdirSync(home, { recursive: true, encoding: 'utf8' })
    const store = join(home, files.find((name) => name.endsWith('journal.sqlite')) ?? '')
    const bytes = readFileSync(store)
    // Pages keep pieces of what stood in them before, so every place is changed.
    const words = '"state":"RESERVED"'
    for (let at = bytes.indexOf(words); at >= 0; at = bytes.indexOf(words, at)) bytes.write('X', at + 10)
    writeFileSync(store, bytes)
    const changed = await runCli(['audit', 'verify', '--json'], home)
    expect(changed.code).toBe(1)
    expect(changed.json()).toMatchObject({ ok: false, firstBad: seq, reasons: [{ code: 'ENTRY_CHANGED' }] })
    const human = await runCli(['audit', 'verify'], home)
    expect(human.stdout).toContain(`Entry ${seq} was changed after it was written`)
    expect(await runCli(['audit', 'verify', '--store', `${home}/absent`], home)).toMatchObject({ code: 2 })
  })

  it('exits 1 on a refusal, 2 on a usage error, and says what to do', async () => {
    const home = freshHome()
    const denied = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '5000', '--json'], home)
    expect(denied.code).toBe(1)
    expect(denied.json()).toMatchObject({ success: false, outcome: 'denied' })
    const usage = await runCli(['order', 'place', 'buy', 'BTC-USD', '--size', '1e-7'], home)
    expect(usage.code).toBe(2)
    expect(usage.stdout + usage.stderr).toMatch(/size/)
    const unknownCommand = await runCli(['ordr', 'list'], home)
    expect(unknownCommand.code).toBe(2)
    const missing = await runCli(['order', 'place', 'buy'], home)
    expect(missing.code).toBe(2)
  })

  it('lets a person approve what an agent may not, and halts and resumes', async () => {
    const home = freshHome()
    await startServe(home)
    const waiting = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '600', '--json'], home)
    expect(waiting.json()).toMatchObject({ outcome: 'awaiting_approval', state: 'AWAITING_APPROVAL' })
    const intentId = String(waiting.json()['intent_id'])
    const list = await runCli(['approvals', 'list', '--json'], home)
    expect((list.json()['approvals'] as { intent_id: string }[]).map((row) => row.intent_id)).toEqual([intentId])
    const unread = await runCli(['approvals', 'approve', intentId, '--json'], home)
    expect(unread.code).toBe(2)
    const hash = (list.json()['approvals'] as { terms_hash_prefix: string }[])[0]?.terms_hash_prefix ?? ''
    // The same person with the same token asked for it.
    const alone = await runCli(['approvals', 'approve', intentId, hash, '--json'], home)
    expect([alone.code, alone.json()]).toMatchObject([1, { ok: false, why: 'not_approver' }])
    const enrolled = await runCli(['approvals', 'enroll', '--name', 'ann', '--json'], home)
    const code = totpCode(String(enrolled.json()['uri']), Date.now())
    const approve = ['approvals', 'approve', intentId, hash, '--name', 'ann', '--json']
    expect((await runCli([...approve, '--code', code], home)).json()).toMatchObject({ ok: true, by: 'ann' })
    expect((await runCli([...approve, '--code', code], home)).code).toBe(1)

    expect((await runCli(['halt', '--reason', 'test', '--json'], home)).code).toBe(0)
    const halted = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '10', '--json'], home)
    expect(halted.code).toBe(1)
    expect((halted.json()['denials'] as { code: string }[])[0]?.code).toBe('RISK_HALTED')
    expect((await runCli(['resume', '--json'], home)).code).toBe(0)
    const status = await runCli(['status', '--json'], home)
    expect(status.json()).toMatchObject({ environment: 'paper' })
  })

  it('denies an approval that a person refused, and gives the funds back', async () => {
    const home = freshHome()
    await startServe(home)
    const waiting = await runCli(['order', 'place', 'buy', 'BTC-USD', '--quote-size', '600', '--json'], home)
    const intentId = String(waiting.json()['intent_id'])
    expect((await runCli(['approvals', 'deny', intentId, '--reason', 'too much', '--json'], home)).code).toBe(0)
    const shown = await runCli(['order', 'show', intentId, '--json'], home)
    expect(shown.json()).toMatchObject({ state: 'APPROVAL_DENIED' })
  })

  it('checks a configuration without opening anything', async () => {
    const home = freshHome()
    const checked = await runCli(['config', 'check', '--json'], home)
    expect(checked.json()).toMatchObject({ ok: true })
    const nonsense = await runCli(['config', 'check', '--environment', 'prod'], home)
    expect(nonsense.code).toBe(2)
    expect(nonsense.stderr).toMatch(/paper.*sandbox.*production/s)
  })
})

describe('the paper exchange alone', () => {
  it('prints one ready line with its addresses and key, and serves Coinbase’s paths', async () => {
    const home = freshHome()
    const child = spawn(process.execPath, [cliMain, 'paper', '--json'], {
      env: cleanEnv(home),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onCleanup(() => killed(child))
    const line = await new Promise<string>((resolve) => {
      child.stdout.once('data', (chunk) => resolve(String(chunk)))
    })
    const ready = JSON.parse(line) as { rest: string; ws: string; keyFile: string; control: unknown }
    expect(JSON.parse(readFileSync(ready.keyFile, 'utf8'))).toMatchObject({
      name: expect.stringMatching(/^organizations\/.+\/apiKeys\/.+$/),
      privateKey: expect.stringContaining('EC PRIVATE KEY'),
    })
    const time = await fetch(`${ready.rest}/api/v3/brokerage/time`)
    expect(await time.json()).toMatchObject({ epochMillis: expect.stringMatching(/^\d{13}$/) })
    const refused = await fetch(`${ready.rest}/api/v3/brokerage/accounts`)
    expect(refused.status).toBe(401)
    expect(await refused.text()).toContain('Unauthorized')
    expect(ready.ws).toMatch(/^ws:\/\/127\.0\.0\.1:/)
  })
})
