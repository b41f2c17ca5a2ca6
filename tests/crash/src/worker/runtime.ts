import { randomBytes, randomUUID } from 'node:crypto'
import { writeSync } from 'node:fs'
import type { Clock, Ids, Log, Metrics, Random, Timers } from '@tidegate/trading-model'

/** The worker is a composition root of its own: real clock, real timers, real randomness. */
export const clock: Clock = { nowMs: () => Date.now() }
export const timers: Timers = {
  after: (ms, run) => {
    const handle = setTimeout(run, ms).unref()
    return { cancel: () => clearTimeout(handle) }
  },
  every: (ms, run) => {
    const handle = setInterval(run, ms).unref()
    return { cancel: () => clearInterval(handle) }
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
export const random: Random = { bytes: (length) => randomBytes(length) }
export const ids: Ids = { uuid: () => randomUUID() }
export const metrics: Metrics = { count: () => {}, observe: () => {}, gauge: () => {} }

/** Warnings and errors go to stderr, where the parent keeps the last of them for the case that something is wrong. */
export const log: Log = {
  debug: () => {},
  info: (event, fields) => say('info', event, fields),
  warn: (event, fields) => say('warn', event, fields),
  error: (event, fields) => say('error', event, fields),
}

function say(level: string, event: string, fields: Readonly<Record<string, unknown>> | undefined): void {
  const text = JSON.stringify({ at: Date.now(), level, event, ...fields }, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value instanceof Error ? String(value) : value,
  )
  try {
    writeSync(2, `${text}\n`)
  } catch {
    // Nobody reads any more.
  }
}
