import { type Decimal, formatDecimal } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext } from '../context.js'
import type { Baseline } from './balance-ledger.js'

const entryType = 'ledger_baseline'
const pageSize = 500

const opening = 'opening inventory'

/**
 * Keeps the baseline of the wallets in the audit chain: the newest entry counts. The first one is the inventory that the account
 * brought along, which nobody traded here and which is therefore no difference; later ones confirm or, with a person's name,
 * accept what could not be explained.
 *
 * Several gateways may open a fresh journal at once. The first opening inventory stands then, whoever wrote it: what happened until
 * the last of them wrote its own is not part of what the account brought along.
 */
export interface BaselineStore {
  load(): Promise<Baseline | undefined>
  /** Writes the opening inventory; returns the one that stands. */
  open(balances: Readonly<Record<string, Decimal>>): Promise<Baseline>
  save(
    balances: Readonly<Record<string, Decimal>>,
    why: { readonly actor: string; readonly reason: string; readonly openedAtMs?: number },
  ): Promise<Baseline>
}

/** @returns The store over the journal's audit chain. */
export function createBaselineStore(context: DeskContext): BaselineStore {
  const { journal } = context

  /** The newest that is no opening inventory, else the oldest of those. */
  async function standing(headSeq: number): Promise<Baseline | undefined> {
    let first: Baseline | undefined
    for (let end = headSeq; end > 0; end -= pageSize) {
      const fromSeq = Math.max(1, end - pageSize + 1)
      const page = await journal.auditEntries({ fromSeq, limit: end - fromSeq + 1 })
      const found = page.filter((entry) => entry.type === entryType).map((entry) => readBaseline(entry.body))
      const later = found.findLast(({ reason }) => reason !== opening)
      if (later) return later.baseline
      first = found[0]?.baseline ?? first
    }
    return first
  }

  async function write(
    balances: Readonly<Record<string, Decimal>>,
    actor: string,
    reason: string,
    openedAtMs?: number,
  ): Promise<{ readonly baseline: Baseline; readonly seq: number }> {
    const baseline = {
      atMs: context.venueNowMs(),
      ...(openedAtMs === undefined ? {} : { openedAtMs }),
      balances: Object.fromEntries(Object.entries(balances).map(([key, total]) => [key, formatDecimal(total)])),
    }
    const { seq } = await journal.audit({
      actor,
      type: entryType,
      body: {
        at_ms: baseline.atMs,
        ...(openedAtMs === undefined ? {} : { opened_at_ms: openedAtMs }),
        reason,
        balances: baseline.balances,
      },
    })
    return { baseline, seq }
  }

  return {
    async load() {
      return standing((await journal.audit({ actor: DESK_ACTOR, type: 'ledger_opened', body: {} })).seq)
    },
    async open(balances) {
      const own = await write(balances, DESK_ACTOR, opening)
      return (await standing(own.seq)) ?? own.baseline
    },
    save: async (balances, { actor, reason, openedAtMs }) =>
      (await write(balances, actor, reason, openedAtMs)).baseline,
  }
}

function readBaseline(body: string): { readonly baseline: Baseline; readonly reason: string } {
  const raw = JSON.parse(body) as {
    readonly at_ms: number
    readonly opened_at_ms?: number
    readonly reason: string
    readonly balances: Readonly<Record<string, string>>
  }
  const { at_ms: atMs, opened_at_ms: openedAtMs, balances, reason } = raw
  return { baseline: { atMs, balances, ...(openedAtMs === undefined ? {} : { openedAtMs }) }, reason }
}
