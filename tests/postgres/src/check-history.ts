import type { AuditEntry, Journal } from '@tidegate/trading-model'
import { z } from 'zod'

/** One line of a process: what it was told about one of its intents. */
export const historyLine = z.object({
  intentId: z.string(),
  amount: z.string().optional(),
  answer: z.enum(['recorded', 'full', 'given back']),
})
export type HistoryLine = z.infer<typeof historyLine>

const amountText = z.union([z.string(), z.number()]).transform((value) => BigInt(value))
const taken = z.object({
  reservations: z.array(z.object({ scope: z.string(), window: z.string(), amount: amountText })),
})
const moved = z.object({
  reservations: z
    .array(z.object({ scope: z.string(), window: z.string(), from: amountText, to: amountText }))
    .optional(),
})

/** Every entry of the audit log, oldest first: the order of the commits. */
export async function readLog(journal: Journal): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = []
  for (;;) {
    const page = await journal.auditEntries({ fromSeq: entries.length + 1, limit: 2_000 })
    if (page.length === 0) return entries
    entries.push(...page)
  }
}

/** What one limit row held after each commit that moved it. */
export function usedAfterEachCommit(log: readonly AuditEntry[], scope: string): readonly bigint[] {
  let used = 0n
  const steps: bigint[] = []
  for (const entry of log) {
    const before = used
    if (entry.type === 'intent.recorded') {
      for (const row of taken.parse(JSON.parse(entry.body)).reservations) if (row.scope === scope) used += row.amount
    } else if (entry.type.startsWith('intent.')) {
      for (const row of moved.parse(JSON.parse(entry.body)).reservations ?? []) {
        if (row.scope === scope) used += row.to - row.from
      }
    }
    if (used !== before) steps.push(used)
  }
  return steps
}

/** What the processes were told against what the log says, as sentences; none when they agree. */
export function compareWithLog(history: readonly HistoryLine[], log: readonly AuditEntry[]): readonly string[] {
  const findings: string[] = []
  const recorded = new Set(log.filter((entry) => entry.type === 'intent.recorded').map((entry) => entry.intentId))
  const givenBack = new Set(log.filter((entry) => entry.type === 'intent.abandoned').map((entry) => entry.intentId))
  for (const { intentId, answer } of history) {
    if (answer === 'recorded' && !recorded.delete(intentId))
      findings.push(`${intentId} was acknowledged and is not there once`)
    if (answer === 'full' && recorded.has(intentId)) findings.push(`${intentId} was refused and is there`)
    if (answer === 'given back' && !givenBack.delete(intentId))
      findings.push(`${intentId} was given back and is still held`)
  }
  for (const intentId of [...recorded, ...givenBack]) findings.push(`${String(intentId)} was never acknowledged`)
  return findings
}

/** Submits that the log holds between a halt and the resume after it. */
export function submitsWhileHalted(log: readonly AuditEntry[]): readonly number[] {
  let halted = false
  const found: number[] = []
  for (const entry of log) {
    if (entry.type === 'mode.set') halted = entry.body.includes('"to":"HALTED"')
    if (entry.type === 'intent.submit_begun' && halted) found.push(entry.seq)
  }
  return found
}
