import { createHash } from 'node:crypto'
import { type Case, text, type Violation, whole } from './case.js'

/** Every state has its entry, and the entries are one unbroken chain up to the head: I8. */
export function checkAudit({ tables }: Case): readonly Violation[] {
  const found: Violation[] = []
  let prev = '0'.repeat(64)
  let seq = 0n
  const changes = new Map<string, bigint>()
  for (const entry of tables.audit) {
    seq += 1n
    const hash = createHash('sha256')
      .update(
        JSON.stringify([
          'tidegate.audit/1',
          Number(whole(entry, 'seq')),
          Number(whole(entry, 'at_ms')),
          entry['actor'],
          entry['type'],
          entry['intent_id'],
          entry['body'],
          prev,
        ]),
      )
      .digest('hex')
    if (whole(entry, 'seq') !== seq || entry['prev'] !== prev || entry['hash'] !== hash) {
      found.push({ invariant: 'I8', detail: `the audit log breaks at entry ${text(entry, 'seq')}` })
      break
    }
    prev = hash
    if (text(entry, 'type').startsWith('intent.')) {
      const intentId = text(entry, 'intent_id')
      changes.set(intentId, (changes.get(intentId) ?? 0n) + 1n)
    }
  }
  const [head] = tables.audit_head
  if (!head || whole(head, 'seq') !== seq || head['hash'] !== prev) {
    found.push({ invariant: 'I8', detail: `the head of the audit log is not its last entry (${seq})` })
  }
  for (const intent of tables.intents) {
    const told = changes.get(text(intent, 'intent_id')) ?? 0n
    if (told === whole(intent, 'version')) continue
    const detail = `intent ${text(intent, 'intent_id')} changed ${whole(intent, 'version')} times, the audit log tells of ${told}`
    found.push({ invariant: 'I8', detail })
  }
  return found
}
