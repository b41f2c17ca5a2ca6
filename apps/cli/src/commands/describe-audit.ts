import { say } from '../output.js'

type Answer = Readonly<Record<string, unknown>>

const list = (value: unknown): readonly Answer[] => (Array.isArray(value) ? (value as readonly Answer[]) : [])

/** The verdict over the log in words for somebody who is tired. */
export function verdictLines(answer: Answer): readonly string[] {
  const { ok, entries, head, anchoredTo, publicKey } = answer
  const reasons = list(answer['reasons'])
  const of = (severity: string): readonly string[] =>
    reasons.filter((reason) => reason['severity'] === severity).map((reason) => `  - ${say(reason['words'])}`)
  const key = (publicKey ?? {}) as Answer
  return [
    ok ? 'The audit log holds.' : 'THE AUDIT LOG DOES NOT HOLD. Stop trading, keep every file, ask who touched them.',
    `${say(entries)} entries are whole, up to ${say(head).slice(0, 16)}…`,
    Number(anchoredTo) > 0
      ? `Signed heads outside the database vouch for everything up to entry ${say(anchoredTo)}.`
      : 'No signed head outside the database vouches for any of it.',
    ...(key['hex'] === null
      ? []
      : [
          `Signed with ${say(key['hex']).slice(0, 16)}… (${key['from'] === 'given' ? 'the key you gave' : 'the key in the database itself'}).`,
        ]),
    ...list(answer['keyChanges']).map(
      ({ seq, from, to }) =>
        `Entry ${say(seq)} hands the log over from key ${say(from).slice(0, 16)}… to ${say(to).slice(0, 16)}…`,
    ),
    ...section('What does not hold:', of('bad')),
    ...section('WARNING: what could not be checked:', of('warning')),
  ]
}

/** What changing the signing key came to, and what there is to do about it. */
export function keyChangeLines(answer: Answer): readonly string[] {
  return [
    `Entry ${say(answer['seq'])} hands the log over to a new key, signed by both.`,
    `old  ${say(answer['from'])}`,
    `new  ${say(answer['to'])}`,
    'Keep a copy of the new public key somewhere else, beside the old one: either of them checks the whole log.',
    'Back the key file up anew. Another gateway on the same database needs it, too, and writes nothing until it has it.',
  ]
}

/** One order, entry by entry. */
export function proofLines(answer: Answer): readonly string[] {
  const entries = list(answer['lines'])
  const verdict = (answer['audit'] ?? {}) as Answer
  if (entries.length === 0) {
    return [`No entry that holds tells of an order ${say(answer['id'])}.`, '', ...verdictLines(verdict)]
  }
  return [
    `Order ${say(answer['id'])}: ${entries.length} entries.`,
    '',
    ...entries.flatMap((line) => [
      `#${say(line['seq'])}  ${say(line['at'])}  ${say(line['actor'])}  [${say(line['hash']).slice(0, 16)}…]`,
      `    ${say(line['says'])}`,
      ...(line['details'] as readonly string[]).map((detail) => `      ${detail}`),
    ]),
    '',
    answer['anchored'] === true
      ? 'A signed head outside the database covers all of it.'
      : 'No signed head outside the database covers all of it yet.',
    ...verdictLines(verdict),
  ]
}

function section(title: string, rows: readonly string[]): readonly string[] {
  const shown = rows.slice(0, 20)
  if (shown.length === 0) return []
  return ['', title, ...shown, ...(rows.length > shown.length ? [`  … and ${rows.length - shown.length} more`] : [])]
}
