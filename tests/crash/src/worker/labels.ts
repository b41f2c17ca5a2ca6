import { AsyncLocalStorage } from 'node:async_hooks'
import { writeSync } from 'node:fs'
import type { Census, Flow, Label, Message, Phase, Step } from '../protocol.js'

/** The pipe to the parent. Written synchronously: what was announced has been announced, whatever comes next. */
const REPORT_FD = 3
const forever = new Int32Array(new SharedArrayBuffer(4))
const parent = process.ppid

/** Tells the parent one thing. */
export function report(what: Message): void {
  writeSync(REPORT_FD, `${JSON.stringify(what)}\n`)
}

interface Armed {
  readonly label: Label
  /** The command that is waited for; stopping is its report. */
  readonly id: number
}

let flow: Flow | undefined
let armed: Armed | undefined
let counts = new Map<string, number>()
const unseen = new AsyncLocalStorage<true>()

/** From here on labels count from one, and the one that is given stops the process while the command runs. */
export function beginFlow(name: Flow, id: number, stop: Label | undefined): void {
  flow = name
  counts = new Map()
  goOn(id, stop)
}

/** The flow goes on with another command: labels count on, and the one that is given stops the process. */
export function goOn(id: number, stop: Label | undefined): void {
  armed = stop ? { label: stop, id } : undefined
}

/**
 * Nobody waits any more: from here on no label stops the process. Without this a label that is met behind the answer would put the
 * process to sleep with nobody there to hear of it, and whoever asked it next would wait without end.
 *
 * @returns Whether the process was to stop right behind the answer.
 */
export function disarm(): boolean {
  const label = armed?.label
  armed = undefined
  return label?.step === 'reply' && label.phase === 'after'
}

/** Runs what the harness itself wants to know: its reads are no step of any flow. */
export function unlabelled<T>(run: () => T): T {
  return unseen.run(true, run)
}

/** What the process is doing; `undefined` before the first flow. */
export function currentFlow(): Flow | undefined {
  return flow
}

/** How often each label has been met since the flow began. */
export function census(): Census {
  return Object.fromEntries(counts)
}

/**
 * Marks a label. Where it is the one to stop at, says so and never returns: the thread sleeps in the kernel with everything as it is
 * at this moment, until the parent's SIGKILL.
 */
export function mark(step: Step, phase: Phase): void {
  if (!flow || unseen.getStore()) return
  const name = `${step}/${phase}`
  const nth = (counts.get(name) ?? 0) + 1
  counts.set(name, nth)
  if (!armed) return
  const { label, id } = armed
  if (label.step !== step || label.phase !== phase || label.nth !== nth) return
  armed = undefined
  report({ say: 'at', id, label })
  if (label.wakes) pause()
  else sleep()
}

/** Stops the whole process where it is, until somebody sends SIGCONT. */
function pause(): void {
  process.kill(process.pid, 'SIGSTOP')
  // The signal may be taken by another thread; this one must not come further meanwhile.
  Atomics.wait(forever, 0, 0, 100)
}

/** Never returns. Whoever was to kill this process may have been killed itself: then it goes, too. */
export function sleep(): never {
  for (;;) {
    Atomics.wait(forever, 0, 0, 2_000)
    if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
  }
}
