import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Command, Message, Report } from './protocol.js'
import { within } from './within.js'

/** Lines of a worker's log that are kept for the case that something is wrong. */
const KEPT_LINES = 60
/** How long an answer may take beyond what was asked for, ms: far beyond what any does, on a machine that has other things to do. */
const ANSWER_WITHIN_MS = 90_000
const GONE_WITHIN_MS = 30_000

/** A process that lives for a second has nothing of optimised code: without the optimiser it needs a third less of the processor. */
const FLAGS = ['--no-warnings', '--no-opt', '--no-lazy-feedback-allocation']

/** A gateway owner in a process of its own, to be killed. */
export interface WorkerProcess {
  readonly pid: number
  /**
   * Sends a command; resolves with its end, or with the label at which the process has stopped.
   *
   * @throws {Error} when there is neither in far more time than it can take: the harness waits for something that does not come.
   */
  ask(command: Command): Promise<Report>
  /** SIGSTOP, wherever it is just now. Resolves when the kernel says so. */
  stop(): Promise<void>
  /** SIGCONT, after a stop or at a label that wakes; in the latter case resolves with the end of the command. */
  resume(): Promise<Report | undefined>
  /** SIGKILL. Resolves when the kernel has taken the process away. */
  kill(): Promise<void>
  /** Resolves when it has loaded its code; then it does nothing until it is asked. */
  readonly up: Promise<void>
  /** Its last lines of log, oldest first. */
  log(): readonly string[]
  /** How long it took to load its code, ms; `undefined` until it has. */
  upMs(): number | undefined
}

/**
 * Starts a worker. It is up when it has loaded its code; it opens nothing before it is told.
 *
 * @param bundle - Absolute path of what {@link buildWorker} made.
 */
export function startWorker(bundle: string): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, [...FLAGS, bundle], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  const startedAtMs = performance.now()
  let upMs: number | undefined
  let ids = 0
  /** The end of a command that is stopped at a label. */
  let paused: Promise<Report> | undefined
  const lines: string[] = []
  const waiting = new Map<number, { readonly command: Command; readonly tell: (report: Report) => void }>()
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  /** All that it had said is read, too. */
  const silent = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const keep = (line: string): void => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  }
  createInterface({ input: child.stderr as Readable }).on('line', keep)
  let isUp: () => void = () => {}
  const up = new Promise<void>((resolve) => (isUp = resolve))
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const message = JSON.parse(line) as Message
    if (message.say === 'up') {
      upMs = performance.now() - startedAtMs
      isUp()
      return
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if (asked && message.say === 'at' && message.label.wakes) {
      paused = new Promise((tell) => waiting.set(message.id, { ...asked, tell }))
    }
    if (asked) asked.tell(message)
    else keep(`a second report of one command: ${line}`)
  })
  // Writing to a process that has just been killed is part of the game.
  child.stdin?.on('error', () => {})
  void silent.then(() => {
    for (const { tell } of waiting.values()) tell({ say: 'failed', error: 'the process ended by itself', census: {} })
    waiting.clear()
    isUp()
  })

  const pid = child.pid ?? 0
  return {
    pid,
    up,
    ask(command) {
      const id = ++ids
      const report = new Promise<Report>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve({ say: 'failed', error: 'the process has ended', census: {} })
          return
        }
        waiting.set(id, { command, tell: resolve })
        child.stdin?.write(`${JSON.stringify({ id, command })}\n`)
      })
      const ms = ANSWER_WITHIN_MS + (command.do === 'settle' ? command.maxMs : 0)
      return within(ms, () => `the end of ${describe(command)} ${stateOf(child)}\n${lines.join('\n')}`, report)
    },
    async stop() {
      child.kill('SIGSTOP')
      const untilMs = performance.now() + GONE_WITHIN_MS
      while (!isStopped(pid) && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 2))
    },
    async resume() {
      child.kill('SIGCONT')
      return await (paused && within(ANSWER_WITHIN_MS, () => `a woken command ${stateOf(child)}`, paused))
    },
    kill: async () => {
      child.kill('SIGKILL')
      await within(GONE_WITHIN_MS, () => `the end of a killed process ${stateOf(child)}`, gone)
    },
    log: () => [...lines],
    upMs: () => upMs,
  }
}

function describe(command: Command): string {
  if (command.do !== 'open') return JSON.stringify(command)
  return `open ${command.home.folder}, stopping at ${JSON.stringify(command.stopAt ?? null)}`
}

/** Whether the kernel holds a process still. */
function isStopped(pid: number): boolean {
  try {
    return /^State:\s*[Tt]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    // Another system: the signal is on its way.
    return true
  }
}

/** What the kernel says of a process, where it says anything. */
function stateOf({ pid, exitCode, signalCode }: ChildProcess): string {
  const ended = exitCode ?? signalCode
  if (ended !== null) return `by process ${pid}, which has ended (${ended})`
  try {
    const state = /^State:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return `by process ${pid}, which is ${state} in ${readFileSync(`/proc/${pid}/wchan`, 'utf8')}`
  } catch {
    return `by process ${pid}`
  }
}

/** Workers that have loaded their code and wait: starting one costs more than killing it. */
export interface WorkerPool {
  take(): WorkerProcess
  /** How much slower than a quiet machine this one is just now, from 1 to 12: waits are as much longer. */
  pace(): number
  close(): Promise<void>
}

/** A worker loads its code within this on two quiet cores, ms. */
export const QUIET_UP_MS = 300
const REMEMBERED = 6

/** @param ahead - How many are kept waiting. */
export function createWorkerPool(bundle: string, ahead: number): WorkerPool {
  const idle: WorkerProcess[] = []
  const recent: WorkerProcess[] = []
  const all: WorkerProcess[] = []
  let isClosed = false
  const start = (): WorkerProcess => {
    const worker = startWorker(bundle)
    all.push(worker)
    return worker
  }
  const refill = (): void => {
    while (!isClosed && idle.length < ahead) idle.push(start())
  }
  refill()
  return {
    take() {
      const worker = idle.shift() ?? start()
      recent.push(worker)
      if (recent.length > REMEMBERED) recent.shift()
      // Not in the same turn: whoever takes one is about to use the processor.
      setImmediate(refill)
      return worker
    },
    pace() {
      const slowest = Math.max(0, ...recent.map((worker) => worker.upMs() ?? 0))
      return Math.min(12, Math.max(1, slowest / QUIET_UP_MS))
    },
    async close() {
      isClosed = true
      // Those that were taken, too: a run that ended early has not killed all of them.
      await Promise.all(all.map((worker) => worker.kill()))
    },
  }
}
