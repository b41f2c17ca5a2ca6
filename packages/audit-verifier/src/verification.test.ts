import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readCanonical } from './canonical.js'
import type { Row } from './field.js'
import { readHeadsFile } from './heads-file.js'
import { type Verdict, Verification } from './verification.js'

const hexOf = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
const signed = (key: KeyObject, text: string): string => sign(null, Buffer.from(text), key).toString('hex')

const old = generateKeyPairSync('ed25519')
const next = generateKeyPairSync('ed25519')
const strange = generateKeyPairSync('ed25519')

/** A log of entries by hand, its heads outside, and its key changed after the first entry. */
function logWith(change: {
  readonly oldSigner: KeyObject
  readonly newSigner: KeyObject
  readonly tellInLog?: boolean
}) {
  const entries: Row[] = []
  let hash = '0'.repeat(64)
  const append = (type: string, body: string): void => {
    const fields = [entries.length + 1, 7, 'journal', type, null, body, hash]
    const prev = hash
    hash = createHash('sha256')
      .update(JSON.stringify(['tidegate.audit/1', ...fields]))
      .digest('hex')
    entries.push({ seq: entries.length + 1, at_ms: 7, actor: 'journal', type, intent_id: null, body, prev, hash })
  }
  const [from, to] = [hexOf(old.publicKey), hexOf(next.publicKey)]
  append('store.created', `{"environment":"paper","public_key":"${from}","store":"s-1"}`)
  const line = (key: KeyObject, after: number): string => {
    const seq = entries.length
    const sig = signed(key, `tidegate.audit-head/1\ns-1\n${seq}\n${hash}\n${after}\n`)
    return `${JSON.stringify({ v: 1, store: 's-1', seq, hash, after, sig })}\n`
  }
  const before = line(old.privateKey, 0)
  const text = `tidegate.audit-key/1\ns-1\n1\n${hash}\n${from}\n${to}\n`
  const told = {
    store: 's-1',
    seq: 1,
    hash,
    from,
    to,
    old_sig: signed(change.oldSigner, text),
    new_sig: signed(change.newSigner, text),
  }
  if (change.tellInLog !== false) {
    append(
      'audit.key_changed',
      JSON.stringify(Object.fromEntries(Object.entries(told).sort(([a], [b]) => (a < b ? -1 : 1)))),
    )
  }
  append('gateway.opened', '{}')
  const after = line(next.privateKey, 1)
  const seq = entries.length
  const head = {
    seq,
    hash,
    exported_seq: 1,
    signature: signed(next.privateKey, `tidegate.audit-head/1\ns-1\n${seq}\n${hash}\n1\n`),
  }
  const keyLine = `${JSON.stringify({ v: 1, key_change: told })}\n`
  return { entries, head, heads: `${before}${keyLine}${after}`, quiet: `${before}${after}` }
}

function judge(log: ReturnType<typeof logWith>, publicKey: KeyObject, heads = log.heads): Verdict {
  const verification = new Verification({ heads, publicKey: hexOf(publicKey) }, { isOnlyWriter: true })
  verification.identity({ store_id: 's-1', environment: 'paper', audit_public_key: hexOf(next.publicKey) })
  for (const row of log.entries) verification.entry(row)
  verification.compare()
  verification.head(log.head)
  return verification.verdict()
}

const codes = ({ findings }: Verdict): readonly string[] => findings.map(({ code }) => code)

describe('a change of the signing key', () => {
  const log = logWith({ oldSigner: old.privateKey, newSigner: next.privateKey })

  it('is followed from the old key forward and from the new key back, and told by the log or by the heads file', () => {
    expect(codes(judge(log, old.publicKey))).toEqual([])
    expect(codes(judge(log, next.publicKey))).toEqual([])
    expect(codes(judge(log, old.publicKey, log.quiet))).toEqual([])
  })

  it('is refused when either of the two keys did not sign it', () => {
    const forged = logWith({ oldSigner: strange.privateKey, newSigner: next.privateKey })
    expect(codes(judge(forged, old.publicKey))).toEqual(expect.arrayContaining(['KEY_CHANGE', 'HEAD_NOT_SIGNED']))
    const unowned = logWith({ oldSigner: old.privateKey, newSigner: strange.privateKey })
    expect(judge(unowned, next.publicKey).ok).toBe(false)
  })

  it('that nobody told is a head of another key', () => {
    const silent = logWith({ oldSigner: old.privateKey, newSigner: next.privateKey, tellInLog: false })
    expect(codes(judge(silent, old.publicKey, silent.quiet))).toEqual(
      expect.arrayContaining(['HEAD_NOT_SIGNED', 'HEADS_SIGNATURE']),
    )
  })

  it('is refused where it was not made: another entry before it, or a hash that is not the one there', () => {
    const elsewhere = (body: string) => body.replace('"seq":1', '"seq":0')
    const otherwise = (body: string) =>
      body.replace(/"hash":"(.)/, (_, digit) => `"hash":"${digit === '0' ? '1' : '0'}`)
    for (const forge of [elsewhere, otherwise]) {
      const entries = log.entries.map((row) => ({ ...row, body: forge(String(row['body'])) }))
      // Hashed again, as who has both keys would.
      let prev = '0'.repeat(64)
      for (const row of entries) {
        const { seq, at_ms, actor, type, intent_id, body } = row as Record<string, unknown>
        const text = JSON.stringify(['tidegate.audit/1', seq, at_ms, actor, type, intent_id, body, prev])
        const hash = createHash('sha256').update(text).digest('hex')
        Object.assign(row, { prev, hash })
        prev = hash
      }
      expect(codes(judge({ ...log, entries }, old.publicKey, ''))).toContain('KEY_CHANGE')
    }
  })

  it('is refused in the heads file where the log goes on past it and does not tell of it', () => {
    const silent = logWith({ oldSigner: old.privateKey, newSigner: next.privateKey, tellInLog: false })
    expect(codes(judge(silent, old.publicKey))).toContain('KEY_CHANGE')
  })

  it('is refused when it starts from another key than the log began with', () => {
    const body = String(log.entries[0]?.['body']).replace(hexOf(old.publicKey), hexOf(strange.publicKey))
    const created = { ...log.entries[0], body }
    const verification = new Verification({ publicKey: hexOf(old.publicKey) }, { isOnlyWriter: true })
    const text = JSON.stringify(['tidegate.audit/1', 1, 7, 'journal', 'store.created', null, body, '0'.repeat(64)])
    const hash = createHash('sha256').update(text).digest('hex')
    verification.entry({ ...created, hash })
    const place = { store: 's-1', seq: 1, hash, from: hexOf(old.publicKey), to: hexOf(next.publicKey) }
    const said = `tidegate.audit-key/1\ns-1\n1\n${hash}\n${place.from}\n${place.to}\n`
    const change = { ...place, old_sig: signed(old.privateKey, said), new_sig: signed(next.privateKey, said) }
    const told = JSON.stringify(Object.fromEntries(Object.entries(change).sort(([a], [b]) => (a < b ? -1 : 1))))
    const fields = [2, 7, 'journal', 'audit.key_changed', null, told, hash]
    const second = createHash('sha256')
      .update(JSON.stringify(['tidegate.audit/1', ...fields]))
      .digest('hex')
    verification.entry({
      seq: 2,
      at_ms: 7,
      actor: 'journal',
      type: 'audit.key_changed',
      intent_id: null,
      body: told,
      prev: hash,
      hash: second,
    })
    expect(verification.entries).toBe(2)
    expect(codes(verification.verdict())).toContain('KEY_CHANGE')
  })

  it('does not let a stranger be the one who is trusted', () => {
    expect(codes(judge(log, strange.publicKey))).toContain('KEY_UNKNOWN')
  })
})

describe('the canonical form', () => {
  it.each(['{"a":1,"b":[true,null,"x"]}', '{"1":0,"9":0,"10":0,"a":0}', '{}', '{"a":"\\u0001 \\" \\\\ é 😀"}'])(
    'takes %s',
    (text) => {
      expect(readCanonical(text)).toEqual(JSON.parse(text))
    },
  )

  it.each([
    '{"b":1,"a":1}',
    '{"a": 1}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":"\\u0041"}',
    '{"a":{"z":1,"y":1}}',
    '[{"b":1,"a":1}]',
    '{"a":1}\n',
    '{',
  ])('refuses %s', (text) => {
    expect(readCanonical(text)).toBeUndefined()
  })
})

describe('the heads file', () => {
  const { heads } = logWith({ oldSigner: old.privateKey, newSigner: next.privateKey })
  const [first = ''] = heads.split('\n')

  it('passes over a line that a crash cut short, at every length, and over nothing else', () => {
    for (let length = 1; length <= first.length; length++) {
      expect(readHeadsFile(first.slice(0, length))).toMatchObject({ foreign: [], torn: [1], lines: [] })
      if (length < first.length) expect(readHeadsFile(`${first.slice(0, length)}\n`).torn).toEqual([1])
    }
    const change = heads.split('\n')[1] ?? ''
    expect(change).toContain('key_change')
    for (let length = 1; length < change.length; length++) {
      expect(readHeadsFile(`${change.slice(0, length)}\n`)).toMatchObject({ foreign: [], torn: [1], lines: [] })
    }
    expect(readHeadsFile(`${first.replace('"seq":1', '"seq":01')}\n`)).toMatchObject({ foreign: [1], torn: [] })
    expect(readHeadsFile('\n')).toMatchObject({ lines: [] })
  })
})
