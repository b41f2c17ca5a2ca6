// E8 for real: a process that the kernel holds still (SIGSTOP) for longer than it may, and that goes on later as if nothing had been.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildWorker, removeBuilds } from './build-worker.js'
import { type HomeExchange, openExchange } from './exchange.js'
import { createDice } from './plan/random.js'
import { createWishMaker } from './plan/wishes.js'
import type { Answer, HomeAddress, Phase, Report, Step } from './protocol.js'
import { openStores, type Stores } from './store.js'
import { QUIET_UP_MS, startWorker, type WorkerProcess } from './worker-process.js'

/** On a quiet machine, ms; on a busy one everything is as much longer. The signing deadline is shorter still. */
const LEASE_MS = 1_500
const SETTLE_MS = 15_000

let bundle: string
const stores: Partial<Record<'sqlite' | 'postgres', Stores>> = {}
beforeAll(async () => {
  bundle = await buildWorker()
  stores.sqlite = await openStores('sqlite')
  stores.postgres = await openStores('postgres')
}, 120_000)
afterAll(async () => {
  removeBuilds()
  for (const each of Object.values(stores)) await each.close()
})

/** An exchange with a place for a home, and processes that are gone when the test is. */
async function openWorld(engine: 'sqlite' | 'postgres') {
  const venue = await openExchange(40)
  const place = await (stores[engine] as Stores).create()
  const processes: WorkerProcess[] = []
  let pace = 1
  onTestFinished(async () => {
    await Promise.all(processes.map((each) => each.kill()))
    await venue.close()
  })
  const wishes = createWishMaker(createDice(3))
  const { exchange } = venue
  const home: Omit<HomeAddress, 'pace'> = {
    ...place,
    engine,
    restUrl: exchange.rest,
    socketUrl: exchange.ws,
    keyName: exchange.keyName,
    keySecret: exchange.privateKeyPem,
    accountId: exchange.portfolioId,
    withStream: false,
  }
  return {
    venue,
    /** The home, with waits as long as this machine needs them just now. */
    home: (): HomeAddress => ({ ...home, pace, leaseMs: Math.round(LEASE_MS * pace) }),
    wishes,
    start: async (of = bundle): Promise<WorkerProcess> => {
      const worker = startWorker(of)
      processes.push(worker)
      await worker.up
      pace = Math.max(pace, Math.min(6, (worker.upMs() ?? 0) / QUIET_UP_MS))
      return worker
    },
  }
}

/** A gateway of its own on the same journal: another folder, the same key of the audit heads. */
function besides(home: HomeAddress, name: string): HomeAddress {
  const folder = `${home.folder}-${name}`
  mkdirSync(folder)
  copyFileSync(join(home.folder, 'audit-heads.jsonl.key'), join(folder, 'audit-heads.jsonl.key'))
  return { ...home, folder }
}

function answerOf(report: Report | undefined): Answer {
  if (report?.say !== 'done') throw new Error(`no answer: ${JSON.stringify(report)}`)
  return report.answer
}

function pricesAt({ exchange }: HomeExchange): readonly string[] {
  return exchange.orders().flatMap(({ terms }) => (terms.orderType === 'LIMIT' ? [terms.limitPrice.toFixed()] : []))
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const stops: readonly (readonly [Step, Phase, string])[] = [
  ['tx1-commit', 'after', 'with the order recorded'],
  ['tx2-commit', 'before', 'about to write SUBMITTING'],
  ['tx2-commit', 'after', 'with SUBMITTING written and nothing signed'],
]

/** One gateway is stopped while it places an order, another takes over and trades, and then the first is woken. */
async function wakeBehindAnother(step: Step, phase: Phase, firstBundle: string) {
  const { venue, wishes, start, ...world } = await openWorld('postgres')
  const [first, second] = [await start(firstBundle), await start()]
  const home = world.home()
  const leaseMs = home.leaseMs ?? 0
  expect(await first.ask({ do: 'open', home })).toMatchObject({ say: 'done' })
  const wish = wishes.make('rests')
  const price = (JSON.parse(wish.terms) as { limit_price: string }).limit_price
  const stopped = await first.ask({ do: 'place', wish, stopAt: { step, phase, nth: 1, wakes: true } })
  expect(stopped, JSON.stringify(stopped)).toMatchObject({ say: 'at' })
  const begunAtMs = performance.now()

  expect(await second.ask({ do: 'open', home: besides(home, 'second') })).toMatchObject({ say: 'done' })
  await sleep(Math.max(0, 2 * leaseMs - (performance.now() - begunAtMs)))
  const other = answerOf(await second.ask({ do: 'place', wish: wishes.make('rests') }))
  expect(other).toMatchObject({ outcome: 'accepted' })
  expect(pricesAt(venue)).not.toContain(price)

  const woken = await first.resume()
  await second.ask({ do: 'settle', maxMs: SETTLE_MS })
  await first.ask({ do: 'settle', maxMs: SETTLE_MS })
  await sleep(leaseMs)
  const { intents } = await (stores.postgres as Stores).read(home)
  return {
    woken,
    isSent: pricesAt(venue).includes(price),
    orders: venue.exchange.orders(),
    states: intents.filter((row) => String(row['terms']).includes(price)).map((row) => row['state']),
  }
}

describe('a gateway stopped by SIGSTOP for longer than its lease and its signing deadline, on PostgreSQL', () => {
  it.each(stops)(
    'at %s/%s, %s, sends nothing when it is woken and another has taken over',
    { timeout: 120_000 },
    async (step, phase) => {
      const { woken, isSent, orders, states } = await wakeBehindAnother(step, phase, bundle)
      expect(woken).toMatchObject({ say: expect.stringMatching(/done|failed/) })
      if (woken?.say === 'done') expect(woken.answer.outcome).not.toBe('accepted')
      expect(isSent).toBe(false)
      expect(orders).toHaveLength(1)
      expect(states).toEqual([expect.stringMatching(/^(ABANDONED|NEVER_ACCEPTED)$/)])
    },
  )

  it('would be seen to send if its ticket had no deadline', { timeout: 120_000 }, async () => {
    const forgetful = await buildWorker('no-deadline', [
      {
        file: 'packages/trading-model/src/ports/submit-ticket.ts',
        find: "    return venueNowMs > fields.signByMs ? 'expired' : fields\n",
        replace: '    return fields\n',
      },
    ])
    const { isSent } = await wakeBehindAnother('tx2-commit', 'after', forgetful)
    expect(isSent).toBe(true)
  })
})

describe('a home on SQLite', () => {
  it('is refused to others while its owner is stopped, and is still the owner’s when it is woken', {
    timeout: 60_000,
  }, async () => {
    const { wishes, start, ...world } = await openWorld('sqlite')
    const [owner, other] = [await start(), await start()]
    const home = world.home()
    expect(await owner.ask({ do: 'open', home })).toMatchObject({ say: 'done' })
    await owner.stop()
    expect(await other.ask({ do: 'open', home })).toMatchObject({ say: 'failed', error: /still locked/ })
    await owner.resume()
    expect(answerOf(await owner.ask({ do: 'place', wish: wishes.make('rests') }))).toMatchObject({
      outcome: 'accepted',
    })
  })

  it('opens again at once when its owner is killed', { timeout: 60_000 }, async () => {
    const { wishes, start, ...world } = await openWorld('sqlite')
    const [owner, heir] = [await start(), await start()]
    const home = world.home()
    expect(await owner.ask({ do: 'open', home })).toMatchObject({ say: 'done' })
    await owner.ask({ do: 'place', wish: wishes.make('rests'), stopAt: { step: 'write', phase: 'after', nth: 1 } })
    await owner.kill()
    const killedAtMs = performance.now()
    const report = await heir.ask({ do: 'open', home })
    const tookMs = performance.now() - killedAtMs
    expect(report).toMatchObject({ say: 'done', answer: { outcome: 'ready' } })
    process.stderr.write(
      `  a killed owner’s home with an order in doubt was open again, reconciled, after ${tookMs.toFixed(0)} ms\n`,
    )
    // Recovery included. Nothing here waits for a lease or a lock of the dead to run out.
    expect(tookMs).toBeLessThan(15_000)
  })
})
