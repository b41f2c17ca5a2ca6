import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { Command, Report } from './protocol.js'

/** Lines of a worker's log that are kept for the case that something is wrong. */
const KEPT_LINES = 60

/** A gateway owner in a process of its own, to be killed. */
export interface WorkerProcess {
  /** Sends a command; resolves with its end, or with the label at which the process has stopped. */
  ask(command: Command): Promise<Report>
  /** Sends a command that nobody waits for. */
  tell(command: Command): void
  /** SIGKILL. Resolves when the kernel has taken the process away. */
  kill(): Promise<void>
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
  const child: ChildProcess = spawn(process.execPath, ['--no-warnings', bundle], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  })
  const startedAtMs = performance.now()
  let upMs: number | undefined
  const lines: string[] = []
  const waiting: ((report: Report) => void)[] = []
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  })
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const report = JSON.parse(line) as Report
    if (report.say === 'up') upMs = performance.now() - startedAtMs
    else waiting.shift()?.(report)
  })
  // Writing to a process that has just been killed is part of the game.
  child.stdin?.on('error', () => {})
  void gone.then(() => {
    for (const tell of waiting.splice(0)) tell({ say: 'failed', error: 'the process ended by itself', census: {} })
  })

  const send = (command: Command): void => {
    child.stdin?.write(`${JSON.stringify(command)}\n`)
  }
  return {
    ask: (command) =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) {
          resolve({ say: 'failed', error: 'the process has ended', census: {} })
          return
        }
        waiting.push(resolve)
        send(command)
      }),
    tell: send,
    kill: async () => {
      child.kill('SIGKILL')
      await gone
    },
    log: () => [...lines],
    upMs: () => upMs,
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
const QUIET_UP_MS = 300
const REMEMBERED = 6

/** @param ahead - How many are kept waiting. */
export function createWorkerPool(bundle: string, ahead: number): WorkerPool {
  const idle: WorkerProcess[] = []
  const recent: WorkerProcess[] = []
  let isClosed = false
  const refill = (): void => {
    while (!isClosed && idle.length < ahead) idle.push(startWorker(bundle))
  }
  refill()
  return {
    take() {
      const worker = idle.shift() ?? startWorker(bundle)
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
      await Promise.all(idle.splice(0).map((worker) => worker.kill()))
    },
  }
}
