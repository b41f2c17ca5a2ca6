import type { Fault } from '@tidegate/paper-exchange'
import { openExchange } from './exchange.js'
import type { Case, Violation } from './judge/case.js'
import { checkAnswer, isLive } from './judge/check-answer.js'
import { judge, type Verdict } from './judge/judge.js'
import type { Kill } from './plan/cells.js'
import { drawFaults } from './plan/faults.js'
import type { Dice } from './plan/random.js'
import { createWishMaker, type WishKind } from './plan/wishes.js'
import type { Census, Command, EditWish, Flow, HomeAddress, Label, Report, Wish } from './protocol.js'
import type { Stores } from './store.js'
import type { WorkerPool, WorkerProcess } from './worker-process.js'

/** How long a home may take to be ready and to settle, ms. Generous: the machine may be busy with other things. */
const SETTLE_MS = 8_000
/** What is still moving when the judge looks is looked at again before it counts. */
const SECOND_LOOKS = 40
const LOOK_AGAIN_MS = 50

/** What one kill came to, told when the next life has recovered from it. */
export interface KillReport {
  readonly kill: Kill
  readonly violations: readonly Violation[]
  readonly unresolved: number
  /** The dead process's and its heir's last lines, where something is wrong. */
  readonly log: readonly string[]
}

/** A home whose owners die one after the other. */
export interface Home {
  /**
   * Lets the owner do what the kill is about and kills it. Where the label was not met, nothing is killed.
   *
   * @returns Reports of the kills that the recovery before it was the answer to.
   */
  live(kill: Kill): Promise<{ readonly killed: boolean; readonly reports: readonly KillReport[] }>
  /** Runs a flow without a kill and counts its labels. */
  count(flow: Flow): Promise<Census>
  /** Has the owner leave its compiled code to those that come after it. */
  keepCode(): Promise<void>
  /** Recovers from the last kill, judges, and takes everything down. */
  end(): Promise<readonly KillReport[]>
}

/** What homes of one run share. */
export interface HomeOptions {
  readonly stores: Stores
  readonly pool: WorkerPool
  /** Share of lives with faults at the exchange. @default 45 */
  readonly faultPercent?: number | undefined
  /** These faults before every flow, instead of drawn ones; they stay when the process dies. */
  readonly faults?: readonly Fault[] | undefined
  /** How long an order is pending at the exchange, ms. @default 40 */
  readonly openDelayMs?: number | undefined
}

/** Opens a home on an exchange of its own. */
export async function openHomeUnderTest(options: HomeOptions, dice: Dice): Promise<Home> {
  const { stores, pool } = options
  const faultsFor = (flow: Flow) => options.faults ?? drawFaults(flow, dice, options.faultPercent ?? 45)
  const venue = await openExchange(options.openDelayMs ?? 40)
  const place = await stores.create()
  const wishes: Wish[] = []
  const edits: EditWish[] = []
  const foreign = new Set<string>()
  const maker = createWishMaker(dice)
  const address: HomeAddress = {
    ...place,
    engine: stores.engine,
    restUrl: venue.exchange.rest,
    socketUrl: venue.exchange.ws,
    keyName: venue.exchange.keyName,
    keySecret: venue.exchange.privateKeyPem,
    accountId: venue.exchange.portfolioId,
    withStream: false,
    pace: 1,
  }
  let worker: WorkerProcess | undefined
  /** Kills whose recovery has not been judged yet. */
  let owed: Kill[] = []
  let lastWords: readonly string[] = []
  /** What was asked last and may have been cut off: it is asked again. */
  let cutOff: Command | undefined
  let told: Violation[] = []

  async function die(kill: Kill | undefined): Promise<void> {
    if (!worker) return
    lastWords = worker.log()
    await worker.kill()
    worker = undefined
    if (kill) owed.push(kill)
    if (!options.faults && dice.oneIn(2)) await venue.clearFaults()
  }

  /** The next life: opens the home. With a label to stop at, it may die on the way. */
  async function wake(stopAt?: Label): Promise<Report> {
    worker = pool.take()
    return worker.ask({
      do: 'open',
      home: { ...address, withStream: dice.oneIn(4), pace: pool.pace() },
      ...(stopAt ? { stopAt } : {}),
    })
  }

  async function alive(): Promise<WorkerProcess> {
    if (worker) return worker
    const report = await wake()
    if (report.say === 'failed') told.push({ invariant: 'I7', detail: `the home does not open: ${report.error}` })
    return worker as unknown as WorkerProcess
  }

  /** Until nothing moves. With a label: what a gateway does about an order goes on behind its answer, and may be stopped there. */
  function settle(owner: WorkerProcess, stopAt?: Label): Promise<Report> {
    return owner.ask({ do: 'settle', maxMs: SETTLE_MS * pool.pace(), ...(stopAt ? { stopAt } : {}) })
  }

  /** Whether the process has come to its label and sleeps there: in the command that it was given, or in what it does behind it. */
  async function comesTo(label: Label, owner: WorkerProcess, report: Report): Promise<boolean> {
    if (sleeps(report)) return true
    return report.say === 'done' && label.step !== 'reply' && sleeps(await settle(owner, label))
  }

  /** Recovery, the same question again, and the judge. */
  async function recover(): Promise<readonly KillReport[]> {
    const owner = await alive()
    await settle(owner)
    if (cutOff) {
      const again = cutOff
      cutOff = undefined
      await venue.clearFaults()
      await perform(owner, again)
      await settle(owner)
    }
    if (owed.length === 0 && told.length === 0) return []
    const verdict = await judgeTwice()
    const audit = await owner.ask({ do: 'verify' })
    const audited: readonly Violation[] =
      audit.say === 'done' && audit.answer.ok === true
        ? []
        : [{ invariant: 'I8', detail: `audit verify: ${JSON.stringify(audit)}` }]
    const violations = [...told, ...verdict.violations, ...audited]
    const log = violations.length > 0 ? [...lastWords, '--- next life ---', ...owner.log()] : []
    const kills = owed
    owed = []
    told = []
    // The last death is the one that this recovery answers for; those before it in the same chain share its verdict.
    return kills.map((kill, index) =>
      index === kills.length - 1
        ? { kill, violations, unresolved: verdict.unresolved.length, log }
        : { kill, violations: [], unresolved: 0, log: [] },
    )
  }

  async function judgeTwice(): Promise<Verdict> {
    for (let look = 1; ; look++) {
      const verdict = judge(await readCase())
      if ((verdict.violations.length === 0 && verdict.unresolved.length === 0) || look >= SECOND_LOOKS * pool.pace())
        return verdict
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
  }

  async function readCase(): Promise<Case> {
    const { exchange } = venue
    const tables = await stores.read(place)
    return {
      tables,
      orders: exchange.orders(),
      fills: exchange.fills(),
      discrepancies: exchange.reconcile(),
      wishes,
      edits,
      foreign,
    }
  }

  /** Asks the owner and holds it to its answer. */
  async function perform(owner: WorkerProcess, command: Command): Promise<Report> {
    const begunAtMs = Date.now()
    const report = await owner.ask(command)
    if (report.say === 'failed' && !/ERR_(NOT_READY|VENUE)/.test(report.error)) {
      told.push({ invariant: 'answer', detail: `${command.do} failed: ${report.error}` })
    }
    if (report.say === 'done') told.push(...checkAnswer(venue.exchange.orders(), command, report.answer, begunAtMs))
    return report
  }

  function wish(kind: WishKind): Wish {
    const made = maker.make(kind)
    wishes.push(made)
    return made
  }

  /** What a flow needs to have something to do. */
  async function prepare(owner: WorkerProcess, flow: Flow): Promise<Command> {
    if (flow === 'place') return { do: 'place', wish: wish(pickKind(dice)) }
    const resting = venue.exchange
      .orders()
      .filter((order) => order.status === 'OPEN' && !foreign.has(order.clientOrderId))
    const target = resting.at(-1)?.orderId ?? (await restOne(owner))
    if (flow === 'cancel') return { do: 'cancel', id: target }
    if (flow === 'edit') {
      const edit = maker.change(target)
      edits.push(edit)
      return { do: 'edit', edit }
    }
    foreign.add(await venue.placeForeign(`${47_000 + foreign.size}`, '0.0007'))
    return { do: 'cancel-all' }
  }

  async function restOne(owner: WorkerProcess): Promise<string> {
    let report: Report | undefined
    for (let attempt = 1; attempt <= 4; attempt++) {
      report = await owner.ask({ do: 'place', wish: wish('rests') })
      await settle(owner)
      const resting = venue.exchange.orders().filter((order) => isLive(order) && !foreign.has(order.clientOrderId))
      const orderId = resting.at(-1)?.orderId
      if (orderId !== undefined) return orderId
      // The limits may be full; faults may have kept it from leaving.
      await venue.clearFaults()
      await perform(owner, { do: 'cancel-all' })
    }
    const answer = report && 'answer' in report ? report.answer : report
    told.push({ invariant: 'I7', detail: `no order is taken any more: ${JSON.stringify(answer)}` })
    return 'no order'
  }

  async function dieStarting(kill: Kill, stopAt: Label) {
    await venue.ask(faultsFor('reconcile'))
    const report = await wake(stopAt)
    if (report.say === 'failed') told.push({ invariant: 'I7', detail: `the home does not open: ${report.error}` })
    if (await comesTo(stopAt, await alive(), report)) {
      await die(kill)
      return { killed: true, reports: [] }
    }
    return { killed: false, reports: await recover() }
  }

  return {
    async live(kill) {
      if (kill.at === 'label' && kill.flow === 'reconcile') {
        // A start has most to do after a death; without one there is at least an order to look at.
        const reports = worker ? await recover() : []
        if (worker) await die(undefined)
        const after = await dieStarting(kill, kill)
        return { killed: after.killed, reports: [...reports, ...after.reports] }
      }
      const reports = await recover()
      const owner = await alive()
      if (kill.at === 'random') {
        const commands = [
          await prepare(owner, 'place'),
          await prepare(owner, dice.pick(['place', 'edit', 'cancel', 'cancel-all'])),
        ]
        await venue.ask(faultsFor('place'))
        const answers = commands.map((command) => owner.ask(command))
        await new Promise((resolve) => setTimeout(resolve, kill.afterMs))
        cutOff = commands[0]
        await die(kill)
        await Promise.all(answers)
        return { killed: true, reports }
      }
      const command = await prepare(owner, kill.flow)
      await venue.ask(faultsFor(kill.flow))
      const report = await perform(owner, { ...command, stopAt: kill } as Command)
      cutOff = command
      if (!(await comesTo(kill, owner, report))) {
        await venue.clearFaults()
        return { killed: false, reports }
      }
      await die(kill)
      return { killed: true, reports }
    },
    async count(flow) {
      if (flow === 'reconcile') {
        // With an order in doubt, so that there is something to find out.
        await (await alive()).ask({
          do: 'place',
          wish: wish('rests'),
          stopAt: { step: 'write', phase: 'after', nth: 1 },
        })
        await die(undefined)
        await wake()
        return censusOf(await settle(await alive()))
      }
      const owner = await alive()
      await perform(owner, await prepare(owner, flow))
      return censusOf(await settle(owner))
    },
    async keepCode() {
      await (await alive()).ask({ do: 'keep-code' })
    },
    async end() {
      const reports = await recover()
      await die(undefined)
      await venue.close()
      return reports
    },
  }
}

function pickKind(dice: Dice): WishKind {
  return dice.pick(['rests', 'rests', 'crosses', 'market', 'market', 'sells', 'wide'] as const)
}

function sleeps(report: Report): boolean {
  return report.say === 'at' || (report.say === 'done' && report.sleeps === true)
}

function censusOf(report: Report): Census {
  return 'census' in report ? report.census : {}
}
