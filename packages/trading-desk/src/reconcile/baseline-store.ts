import { type Decimal, formatDecimal } from '@tidegate/trading-model'
import { DESK_ACTOR, type DeskContext } from '../context.js'
import type { Baseline } from './balance-ledger.js'

const entryType = 'ledger_baseline'
const pageSize = 500

/**
 * Keeps the baseline of the wallets in the audit chain: the newest entry counts. The first one is the inventory that the account
 * brought along, which nobody traded here and which is therefore no difference; later ones confirm or, with a person's name,
 * accept what could not be explained.
 */
export interface BaselineStore {
  load(): Promise<Baseline | undefined>
  save(
    balances: Readonly<Record<string, Decimal>>,
    why: { readonly actor: string; readonly reason: string },
  ): Promise<Baseline>
}

/** @returns The store over the journal's audit chain. */
export function createBaselineStore(context: DeskContext): BaselineStore {
  const { journal } = context
  return {
    async load() {
      const head = await journal.audit({ actor: DESK_ACTOR, type: 'ledger_opened', body: {} })
      for (let end = head.seq; end > 0; end -= pageSize) {
        const fromSeq = Math.max(1, end - pageSize + 1)
        const page = await journal.auditEntries({ fromSeq, limit: end - fromSeq + 1 })
        const found = page.filter((entry) => entry.type === entryType).at(-1)
        if (found) return readBaseline(found.body)
      }
      return undefined
    },
    async save(balances, { actor, reason }) {
      const baseline = {
        atMs: context.venueNowMs(),
        balances: Object.fromEntries(Object.entries(balances).map(([key, total]) => [key, formatDecimal(total)])),
      }
      await journal.audit({
        actor,
        type: entryType,
        body: { at_ms: baseline.atMs, reason, balances: baseline.balances },
      })
      return baseline
    },
  }
}

function readBaseline(body: string): Baseline {
  const raw = JSON.parse(body) as { readonly at_ms: number; readonly balances: Readonly<Record<string, string>> }
  return { atMs: raw.at_ms, balances: raw.balances }
}
