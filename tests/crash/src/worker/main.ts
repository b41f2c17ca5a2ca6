// One gateway owner in a process of its own. Commands come as JSON lines on stdin; reports go to file descriptor 3.
import { createInterface } from 'node:readline'
import { Decimal, deserializeTerms, type Principal } from '@tidegate/trading-model'
import type { Answer, Asked } from '../protocol.js'
import { beginFlow, census, disarm, goOn, mark, report, sleep, unlabelled } from './labels.js'
import { type OpenHome, openHome } from './open-home.js'
import { timers } from './runtime.js'
import { watchSockets } from './watch-http.js'
import { watchPostgres } from './watch-postgres.js'
import { watchSqlite } from './watch-sqlite.js'

const trader: Principal = { name: 'local', role: 'trader' }
const QUESTIONS: ReadonlySet<string> = new Set(['settle', 'verify', 'keep-code'])
let open: OpenHome | undefined

watchSqlite()
watchPostgres()
watchSockets()
createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line) as Asked
  carryOut(asked).catch((error: unknown) => {
    disarm()
    report({ say: 'failed', id: asked.id, error: describe(error), census: census() })
  })
})
// The parent is gone: so are we.
process.stdin.on('end', () => process.exit(0))
report({ say: 'up' })

async function carryOut(asked: Asked): Promise<void> {
  const { id, command } = asked
  const answer = await run(asked)
  // The answers to the harness's own questions are no answers of a gateway.
  const isFlow = !QUESTIONS.has(command.do)
  if (isFlow) mark('reply', 'before')
  const sleeps = disarm()
  const seen = { ...census(), 'reply/after': 1 }
  report({ say: 'done', id, answer, census: seen, ...(sleeps ? { sleeps } : {}) })
  if (sleeps) sleep()
}

async function run({ id, command }: Asked): Promise<Answer> {
  if (command.do === 'open') {
    beginFlow('reconcile', id, command.stopAt)
    open = await openHome(command.home)
    return { outcome: 'ready' }
  }
  if (!open) throw new Error('no home is open')
  const { desk, journal } = open
  switch (command.do) {
    case 'place': {
      beginFlow('place', id, command.stopAt)
      const { wish } = command
      const { outcome, intent, duplicateOf, decision } = await desk.place({
        principal: { ...trader, name: wish.principal },
        terms: deserializeTerms(wish.terms),
        ...(wish.key === undefined ? {} : { key: wish.key }),
      })
      return {
        outcome,
        ...(intent ? { intentId: intent.intentId, state: intent.state } : {}),
        ...(duplicateOf === undefined ? {} : { duplicateOf }),
        ...(decision?.kind === 'denied'
          ? { denials: decision.denials.map(({ code, message }) => `${code}: ${message}`) }
          : {}),
      }
    }
    case 'cancel': {
      beginFlow('cancel', id, command.stopAt)
      const { outcome, intent } = await desk.cancel(trader, command.id)
      return { outcome, ...(intent ? { intentId: intent.intentId, state: intent.state } : {}) }
    }
    case 'cancel-all': {
      beginFlow('cancel-all', id, command.stopAt)
      const { allGone, remaining } = await desk.cancelAll(trader)
      return { outcome: allGone ? 'gone' : 'remaining', allGone, remaining }
    }
    case 'edit': {
      beginFlow('edit', id, command.stopAt)
      const { edit } = command
      const { key, limitPrice, size, how } = edit
      const { outcome, intent, denials } = await desk.edit({
        principal: { ...trader, name: edit.principal },
        id: edit.id,
        limitPrice: new Decimal(limitPrice),
        size: new Decimal(size),
        how,
        ...(key === undefined ? {} : { key }),
      })
      return {
        outcome,
        ...(intent ? { intentId: intent.intentId, state: intent.state } : {}),
        ...(denials.length > 0 ? { denials: denials.map(({ code, message }) => `${code}: ${message}`) } : {}),
      }
    }
    case 'settle':
      goOn(id, command.stopAt)
      return settle(open, command.maxMs)
    case 'keep-code':
      ;(globalThis as { keepCode?: () => void }).keepCode?.()
      return { outcome: 'kept' }
    case 'verify': {
      const verdict = await unlabelled(() => journal.verifyAudit())
      return {
        outcome: 'verified',
        ok: verdict.ok,
        ...(verdict.problem === undefined ? {} : { problem: verdict.problem }),
      }
    }
  }
}

/** Waits until nothing is under way: no order unsent, none in doubt, no cancel that the venue has not answered. */
async function settle({ journal }: OpenHome, maxMs: number): Promise<Answer> {
  const untilMs = performance.now() + maxMs
  for (;;) {
    const intents = await unlabelled(() =>
      journal.listIntents({ states: ['RESERVED', 'SUBMITTING', 'UNKNOWN', 'QUARANTINED', 'ACKED', 'OPEN'] }),
    )
    const moving = intents.filter(
      ({ state, cancel }) =>
        (state !== 'OPEN' && state !== 'QUARANTINED') || (cancel !== 'none' && cancel !== 'refused'),
    )
    if (moving.length === 0 || performance.now() > untilMs) {
      return { outcome: 'settled', open: intents.map((item) => `${item.intentId} ${item.state} ${item.cancel}`) }
    }
    await timers.sleep(15)
  }
}

function describe(error: unknown): string {
  const { code, shortMessage, stack } = error as { code?: string; shortMessage?: string; stack?: string }
  return code === undefined ? (stack ?? String(error)) : `${code}: ${shortMessage ?? String(error)}`
}
