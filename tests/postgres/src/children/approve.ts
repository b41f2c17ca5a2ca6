import type { NewVerdict } from '@tidegate/trading-model'
import { childOptions, openStore, type StoreOptions, say, waitForGo } from './child-kit.js'

interface Waiting {
  readonly intentId: string
  readonly termsHash: string
}

/** Approves and submits the same orders as every other process, each with the one code that is good for it; then its own. */
const options = childOptions<StoreOptions & { shared: readonly Waiting[]; own: readonly Waiting[]; ownStep: number }>()

const journal = await openStore(options)
say('ready')
await waitForGo()
for (const [index, waiting] of options.shared.entries()) {
  const [approved, begun] = await Promise.all([
    approve(waiting, index + 1),
    journal.beginSubmit(waiting.intentId, times()),
  ])
  say({ intentId: waiting.intentId, approved, early: begun.kind })
  const again = await journal.beginSubmit(waiting.intentId, times())
  say({ intentId: waiting.intentId, ticket: again.kind })
}
for (const [index, own] of options.own.entries()) {
  say({ own: await approve(own, options.ownStep + index), step: options.ownStep + index })
}
await journal.close()
process.exit(0)

async function approve(waiting: Waiting, step: number): Promise<string> {
  const verdict: NewVerdict = {
    ...waiting,
    decision: 'approved',
    by: 'ann',
    factor: { stepAt: () => step },
    factorRequired: true,
  }
  const result = await journal.decideApproval(verdict)
  return result.kind === 'recorded' ? 'recorded' : result.why
}

function times(): { notBeforeMs: number; signFromMs: number; signByMs: number } {
  return { notBeforeMs: 1, signFromMs: 1, signByMs: 2 }
}
