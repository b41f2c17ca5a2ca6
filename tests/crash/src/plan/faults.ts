import type { Fault } from '@tidegate/paper-exchange'
import type { Flow } from '../protocol.js'
import type { Dice } from './random.js'

/** Longer than this nothing is held back; the proof rule of the workers allows for it. */
const DELAY_MS = 60

/** Lists are behind by as much; the proof rule of the workers allows for that, too. */
const LAG_MS = 120

/** What can happen to the request that changes something. */
const command = (verb: string): readonly (readonly Fault[])[] => [
  [{ kind: 'accept-then-drop', verb }],
  [{ kind: 'accept-then-503-html', verb }],
  [{ kind: 'drop-before', verb }],
  [{ kind: 'http-503-html', verb }],
  [{ kind: 'http-401', verb, times: 2 }],
  [{ kind: 'cut-body', verb }],
  [{ kind: 'schema-drift', verb }],
  [{ kind: 'delay', verb, delayMs: DELAY_MS }],
]

/** What can happen to the lists that recovery reads. */
const reading: readonly (readonly Fault[])[] = [
  [{ kind: 'http-503-html', verb: 'list-orders', times: 2 }],
  [{ kind: 'cut-body', verb: 'list-fills' }],
  [{ kind: 'http-401', verb: 'list-orders', times: 3 }],
  [{ kind: 'delay', verb: 'list-orders', delayMs: DELAY_MS, times: 3 }],
  [{ kind: 'drop-before', verb: 'list-accounts' }],
  [
    { kind: 'list-lag', verb: 'list-orders', delayMs: LAG_MS, times: 6 },
    { kind: 'list-lag', verb: 'list-fills', delayMs: LAG_MS, times: 2 },
  ],
  [{ kind: 'duplicate-event', channel: 'user', times: 20 }],
  [{ kind: 'sequence-gap', channel: 'user' }],
]

const own: Readonly<Record<Flow, readonly (readonly Fault[])[]>> = {
  place: command('create-order'),
  edit: command('edit-order'),
  cancel: command('cancel-orders'),
  'cancel-all': command('cancel-orders'),
  reconcile: reading,
}

/**
 * The faults of one life.
 *
 * @param percent - Share of lives that have any.
 */
export function drawFaults(flow: Flow, dice: Dice, percent: number): readonly Fault[] {
  if (dice.int(100) >= percent) return []
  return dice.oneIn(3) ? [...dice.pick(own[flow]), ...dice.pick(reading)] : dice.pick(own[flow])
}
