import type { Toxic } from '@tidegate/testkit'

/** One way in which the network between client and venue fails. */
export interface Trouble {
  readonly name: string
  /** Absent: the venue cannot be reached at all, in the way that the name says. */
  readonly toxic?: Toxic
  /** How long one exchange may take, ms. */
  readonly timeoutMs: number
  /**
   * `works`: slower, but everything must go through. `surely-not-sent`: nothing may be claimed but "not applied". `anything`:
   * any claim will do that is true.
   */
  readonly expects: 'works' | 'surely-not-sent' | 'anything'
}

const PATIENT_MS = 15_000
const SHORT_MS = 300
/** Beyond every patience: what comes so late comes after the client has given up. */
const TOO_LATE_MS = 500

const breaking = (name: string, toxic: Toxic): Trouble => ({ name, toxic, timeoutMs: SHORT_MS, expects: 'anything' })
const slowing = (name: string, toxic: Toxic): Trouble => ({ name, toxic, timeoutMs: PATIENT_MS, expects: 'works' })

/** Every trouble that each flow has to go through. */
export const TROUBLES: readonly Trouble[] = [
  slowing('latency', { kind: 'latency', delayMs: 30, direction: 'both' }),
  slowing('slicer', { kind: 'slicer', bytes: 64, delayMs: 1, direction: 'both' }),
  slowing('slow close', { kind: 'slow-close', delayMs: 100, direction: 'both' }),
  breaking('late answer', { kind: 'latency', delayMs: TOO_LATE_MS }),
  breaking('late request', { kind: 'latency', delayMs: TOO_LATE_MS, direction: 'up' }),
  breaking('black hole for answers', { kind: 'black-hole' }),
  breaking('black hole for requests', { kind: 'black-hole', direction: 'up' }),
  breaking('reset before the answer', { kind: 'reset' }),
  breaking('reset before the request', { kind: 'reset', direction: 'up' }),
  breaking('half-open', { kind: 'half-open' }),
  breaking('truncated head', { kind: 'truncate', bytes: 40 }),
  breaking('truncated body', { kind: 'truncate', bytes: 420 }),
  breaking('answers twice', { kind: 'duplicate' }),
  breaking('requests twice', { kind: 'duplicate', direction: 'up' }),
  breaking('corrupt head', { kind: 'corrupt', at: 9 }),
  breaking('corrupt end', { kind: 'corrupt', at: Number.MAX_SAFE_INTEGER }),
  breaking('bandwidth', { kind: 'bandwidth', bytesPerSecond: 1_000 }),
  { name: 'down', timeoutMs: PATIENT_MS, expects: 'surely-not-sent' },
  { name: 'no such host', timeoutMs: PATIENT_MS, expects: 'surely-not-sent' },
]
