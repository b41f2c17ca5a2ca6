import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { entriesOf, verifyAudit } from '@tidegate/audit-verifier'
import { checkAudit, exportAudit, type Gateway, proveAudited } from '@tidegate/gateway'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRaw } from './raw-store.js'
import { newHome, openReady, trade, type WrittenLog } from './write-log.js'

let home: WrittenLog
let gateway: Gateway

beforeAll(async () => {
  home = newHome({ 'policy.max_orders_per_minute': '500', 'audit.heads_every_seconds': '1' })
  gateway = await openReady(home.config)
  await trade(gateway, 'proof', 2)
}, 60_000)
afterAll(async () => {
  await gateway.close()
  home.remove()
})

interface Line {
  readonly seq: number
  readonly hash: string
  readonly type: string
  readonly says: string
  readonly details: readonly string[]
}

async function proofOf(id: string): Promise<{ lines: readonly Line[]; [field: string]: unknown }> {
  return (await proveAudited(home.config, id)) as unknown as { lines: readonly Line[] }
}

/** One entry's worth of SQL against the running store. */
function column(sql: string): string {
  const database = openRaw(home.store)
  const row = database.prepare(sql).all([])[0]
  database.close()
  return String(Object.values(row ?? {})[0])
}

describe('the proof of one order', () => {
  it('tells a filled order from the wish to the fills, each line with its entry and its hash', async () => {
    const intentId = column("select intent_id from intents where state = 'FILLED' order by ordinal limit 1")
    const { lines, ...proof } = await proofOf(intentId)
    expect(proof).toMatchObject({ ok: true, id: intentId, intent_ids: [intentId], audit: { ok: true, firstBad: null } })
    expect(lines.map(({ type }) => type)).toEqual([
      'intent.recorded',
      'intent.submit_begun',
      'intent.acked',
      'fills.recorded',
      'intent.venue_order',
    ])
    expect(lines.map(({ says }) => says).join('\n')).toMatch(
      /asked: BUY for 20\.\d+ of quote currency BTC-USD MARKET IOC\nlet go: .*\nthe venue took it as order .*\nfilled: one trade\nthe venue shows it FILLED/,
    )
    expect(lines[0]?.details.join('\n')).toMatch(/limit balance:USD \(open\): took 20\.\d+ USD under 100000 USD/)
    expect(lines[3]?.details.join('\n')).toMatch(/^BUY 0\.0\d+ BTC-USD at \d+.*, fee 0\.\d+ USD, taker, trade /)
    for (const { seq, hash } of lines) expect(hash).toBe(column(`select hash from audit where seq = ${seq}`))
  })

  it('finds an order by any of its ids, with the edits of it', async () => {
    const columns = ['intent_id', 'client_order_id', 'venue_order_id', 'idempotency_key']
    const where = "from intents where idempotency_key = 'proof-0'"
    const proofs = await Promise.all(columns.map((name) => proofOf(column(`select ${name} ${where}`))))
    for (const { lines } of proofs) expect(lines).toEqual(proofs[0]?.lines)
    const types = proofs[0]?.lines.map(({ type }) => type)
    expect(types).toEqual(expect.arrayContaining(['intent.edit_applied', 'intent.terms_changed', 'intent.cancel_sent']))
    expect(proofs[0]?.['intent_ids']).toHaveLength(2)
  })

  it('gives every reason of a denial with its numbers, and who approved or denied what', async () => {
    const denied = await proofOf(
      column("select intent_id from intents where state = 'DENIED' order by ordinal limit 1"),
    )
    expect(denied.lines).toHaveLength(1)
    expect(denied.lines[0]?.says).toContain('denied by our limits, nothing was sent')
    expect(denied.lines[0]?.details.join('\n')).toMatch(
      /RISK_MAX_ORDER_VALUE: .* \(limit 1000, this order 1\d+\.\d+ USD\)/,
    )
    const approved = await proofOf(column("select intent_id from approvals where decision = 'approved'"))
    const says = approved.lines.map((line) => line.says).join('\n')
    expect(says).toContain('approved by operator: a test says so')
    expect(approved.lines.flatMap(({ details }) => details)).toContain('the approval was used up with it')
    const refused = await proofOf(column("select intent_id from approvals where decision = 'denied'"))
    expect(refused.lines.at(-1)?.says).toBe('approval denied by operator: a test says so')
  })

  it('says so when there is no such order', async () => {
    expect(await proveAudited(home.config, 'no-such-order')).toMatchObject({
      ok: false,
      lines: [],
      audit: { ok: true },
    })
  })
})

describe('checking beside a running gateway', () => {
  it('holds, and soon vouches for every entry without the gateway being closed', async () => {
    for (;;) {
      const verdict = await checkAudit(home.config)
      expect(verdict).toMatchObject({ ok: true, reasons: [], publicKey: { from: 'given' } })
      if (verdict['anchoredTo'] === verdict['entries']) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })

  it('holds while orders are written at the same time', async () => {
    const trading = trade(gateway, 'more', 2)
    let isDone = false
    void trading.finally(() => {
      isDone = true
    })
    let checks = 0
    while (!isDone) {
      const { ok, findings } = await verifyAudit({ store: home.store, headsFile: home.headsFile })
      expect(ok, JSON.stringify(findings)).toBe(true)
      checks++
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await trading
    expect(checks).toBeGreaterThan(3)
  }, 60_000)

  it('changes nothing: the key stays private, the public key stands beside the heads', () => {
    expect(statSync(home.config.audit.keyFile).mode & 0o777).toBe(0o600)
    expect(readFileSync(home.publicKeyFile, 'utf8')).toContain('BEGIN PUBLIC KEY')
    expect(existsSync(`${home.store}-journal`) && statSync(`${home.store}-journal`).size > 0).toBe(false)
  })
})

describe('checking what a crash left', () => {
  it('finishes the work of a side file in a copy and leaves the store as it was found', async () => {
    const folder = mkdtempSync(`${home.folder}-crash-`)
    const [path, journal] = [`${folder}/store`, `${folder}/store-journal`]
    copyFileSync(home.store, path)
    const before = await verifyAudit({ store: path })
    const database = openRaw(path)
    database.exec('pragma journal_mode = delete; pragma cache_size = 1; pragma cache_spill = 1; begin immediate')
    database.exec("update audit set actor = 'half of a change'; update intents set principal = 'half of a change'")
    // As after kill -9: the changed pages are in the file, what undoes them is in the side file.
    cpSync(path, `${path}.torn`)
    cpSync(journal, `${journal}.torn`)
    database.exec('rollback')
    database.close()
    copyFileSync(`${path}.torn`, path)
    copyFileSync(`${journal}.torn`, journal)
    const bytes = readFileSync(path)
    const after = await verifyAudit({ store: path })
    expect(after).toEqual(before)
    expect(readFileSync(path).equals(bytes)).toBe(true)
    rmSync(folder, { recursive: true })
  })

  it('says what is not there, and what is no store', async () => {
    await expect(checkAudit(home.config, { store: `${home.folder}/absent` })).rejects.toMatchObject({
      code: 'ERR_CONFIG_MISSING',
    })
    await expect(checkAudit(home.config, { headsFile: `${home.folder}/absent` })).rejects.toMatchObject({
      code: 'ERR_CONFIG_MISSING',
    })
    await expect(checkAudit(home.config, { store: home.headsFile })).rejects.toMatchObject({ code: 'ERR_STORE_IO' })
  })
})

describe('the export', () => {
  it('gives every entry as it is stored, and from any place on', async () => {
    const all: unknown[] = []
    for await (const entry of exportAudit(home.config, {})) all.push(entry)
    expect(all).toHaveLength(Number(column('select count(*) from audit')))
    expect(all[0]).toMatchObject({ seq: 1, type: 'store.created', prev: '0'.repeat(64) })
    const later: unknown[] = []
    for await (const entry of entriesOf({ store: home.store, afterSeq: 10 })) later.push(entry)
    expect(later).toEqual(all.slice(10))
  })
})
