import { writeSync } from 'node:fs'
import type { Census, Flow, Label, Phase, Report, Step } from '../protocol.js'

/** The pipe to the parent. Written synchronously: what was announced has been announced, whatever comes next. */
const REPORT_FD = 3
const forever = new Int32Array(new SharedArrayBuffer(4))

/** Tells the parent one thing. */
export function report(what: Report): void {
  writeSync(REPORT_FD, `${JSON.stringify(what)}\n`)
}

let flow: Flow | undefined
let stopAt: Label | undefined
let counts = new Map<string, number>()

/** From here on labels count from one, and the one that is given stops the process. */
export function beginFlow(name: Flow, stop: Label | undefined): void {
  flow = name
  stopAt = stop
  counts = new Map()
}

/** What the process is doing; `undefined` between flows. */
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
  if (!flow) return
  const name = `${step}/${phase}`
  const nth = (counts.get(name) ?? 0) + 1
  counts.set(name, nth)
  if (stopAt?.step !== step || stopAt.phase !== phase || stopAt.nth !== nth) return
  report({ say: 'at', label: stopAt })
  Atomics.wait(forever, 0, 0)
}
