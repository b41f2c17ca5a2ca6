import { generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { type Verdict, verifyAudit } from '@tidegate/audit-verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newHome, openReady, type WrittenLog } from './write-log.js'

let home: WrittenLog
let oldKey: string
let change: Readonly<Record<string, unknown>>

beforeAll(async () => {
  home = newHome({ 'audit.heads_every_entries': '2' })
  const gateway = await openReady(home.config)
  oldKey = `${home.folder}/old.pub`
  writeFileSync(oldKey, readFileSync(home.publicKeyFile))
  change = await gateway.control.call('audit_rotate_key', {})
  await gateway.control.call('halt', { reason: 'a test goes on under the new key' })
  await gateway.close()
}, 120_000)
afterAll(() => home.remove())

const codes = ({ findings }: Verdict): readonly string[] => findings.map(({ code }) => code)
const files = () => ({ store: home.store, headsFile: home.headsFile })

describe('a key that was changed while the gateway ran', () => {
  it('is proved from the old public key and from the new one, and shown', async () => {
    const told = { seq: change['seq'], from: change['from'], to: change['to'] }
    for (const publicKeyFile of [oldKey, home.publicKeyFile]) {
      const verdict = await verifyAudit({ ...files(), publicKeyFile })
      expect(verdict).toMatchObject({ ok: true, findings: [], keyChanges: [told] })
      expect(verdict.anchoredTo).toBe(verdict.entries)
    }
    expect(readFileSync(home.headsFile, 'utf8')).toContain('key_change')
  })

  it('is found forged: the handover in the heads file signed by somebody else, or to somebody else', async () => {
    const heads = readFileSync(home.headsFile, 'utf8')
    const line = heads.split('\n').find((each) => each.includes('key_change')) ?? ''
    const mine = generateKeyPairSync('ed25519')
    const to = mine.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
    const { key_change: said } = JSON.parse(line) as { key_change: Record<string, string | number> }
    const text = `tidegate.audit-key/1\n${said['store']}\n${said['seq']}\n${said['hash']}\n${said['from']}\n${to}\n`
    const signature = sign(null, Buffer.from(text), mine.privateKey).toString('hex')
    for (const forged of [
      { ...said, to, new_sig: signature },
      { ...said, to, old_sig: signature, new_sig: signature },
      { ...said, old_sig: said['new_sig'] },
    ]) {
      const headsFile = `${home.folder}/forged.jsonl`
      writeFileSync(headsFile, heads.replace(line, JSON.stringify({ v: 1, key_change: forged })))
      const verdict = await verifyAudit({ store: home.store, headsFile, publicKeyFile: oldKey })
      expect(verdict.ok).toBe(false)
      expect(codes(verdict)).toContain('KEY_CHANGE')
    }
  })
})
