#!/usr/bin/env node
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { BaseError, type Log } from '@tidegate/trading-model'
import { systemRuntime } from '../system-runtime.js'
import { helpPage } from './help-page.js'
import { openServedPaper } from './open-served-paper.js'
import { readArguments } from './read-arguments.js'

/** 0 ok · 1 failed · 2 usage. */
const EXIT = { ok: 0, failed: 1, usage: 2 } as const

const args = process.argv.slice(2)
const isJson = args.includes('--json')

// Whoever reads us may have read enough (`| head -1`): the exchange goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const complain = (line: string) => process.stderr.write(`${line}\n`)
const silent = () => {}
/** What a person should know while it runs; a stopped exchange above all. */
const log: Log = {
  debug: silent,
  info: silent,
  warn: (event, fields) => complain(`${event} ${JSON.stringify(fields ?? {})}`),
  error: (event, fields) => complain(`${event} ${JSON.stringify(fields ?? {})}`),
}

async function run(): Promise<number> {
  const asked = readArguments(args)
  if (asked.kind === 'help') {
    say(helpPage())
    return EXIT.ok
  }
  if (asked.kind === 'version') {
    say((createRequire(import.meta.url)('../../package.json') as { version: string }).version)
    return EXIT.ok
  }
  const stopped = untilStopped()
  const paper = await openServedPaper({
    flags: asked.flags,
    runtime: { ...systemRuntime(), log },
    absolute: (path) => resolve(path),
    temporaryFolder,
  })
  say(isJson ? JSON.stringify(paper.ready) : paper.page().join('\n'))
  await stopped
  await paper.close()
  return EXIT.ok
}

function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'paper-exchange-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/**
 * Resolves at the first signal to end; a second one ends the process at once. Told to end, npx ends alone and leaves us to ourselves:
 * started by it, we end when it is gone.
 */
function untilStopped(): Promise<void> {
  return new Promise((resolvePromise) => {
    let isStopping = false
    const parent = process.ppid
    if (process.env['npm_command'] === 'exec') {
      systemRuntime().timers.every(500, () => {
        if (process.ppid !== parent) resolvePromise()
      })
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isStopping) process.exit(EXIT.failed)
        isStopping = true
        resolvePromise()
      })
    }
  })
}

try {
  process.exitCode = await run()
} catch (error) {
  const known = BaseError.isInstance(error) ? error : undefined
  const message = known?.shortMessage ?? (error instanceof Error ? error.message : String(error))
  const code = known?.code ?? 'ERR_FAILED'
  complain([message, known?.hint, `(${code})`].filter((line) => line !== undefined).join('\n'))
  if (isJson) say(JSON.stringify({ success: false, error: known ? known.toJSON() : { code, message } }))
  process.exitCode = code === 'ERR_INPUT_INVALID' || code.startsWith('ERR_CONFIG') ? EXIT.usage : EXIT.failed
}
// Everything is closed by now; a forgotten handle must not keep a script waiting.
process.exit(process.exitCode)
