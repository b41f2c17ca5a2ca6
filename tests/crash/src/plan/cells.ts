import { type Census, type Flow, PHASES, type Phase, STEPS, type Step } from '../protocol.js'
import type { Dice } from './random.js'

/** One square of the matrix, and how often a flow comes past it. */
export interface Cell {
  readonly flow: Flow
  readonly step: Step
  readonly phase: Phase
  readonly times: number
}

/** One kill to be made: at a label, or at any moment. */
export type Kill =
  | { readonly at: 'label'; readonly flow: Flow; readonly step: Step; readonly phase: Phase; readonly nth: number }
  | { readonly at: 'random'; readonly afterMs: number }

const order: readonly Step[] = [
  'tx1-commit',
  'tx2-commit',
  'jwt',
  'connect',
  'write',
  'first-byte',
  'parse',
  'tx3-commit',
]
const common: readonly Step[] = [
  'jwt',
  'connect',
  'write',
  'first-byte',
  'parse',
  'tx3-commit',
  'audit-checkpoint',
  'reply',
]

/**
 * The steps that each flow must have. A cancel takes no limit and has no second transaction; a start writes no wish. That a label is
 * missing means that the harness no longer sees what it claims to see.
 */
export const REQUIRED: Readonly<Record<Flow, readonly Step[]>> = {
  place: ['key-lookup', 'limits', 'insert', ...order, 'audit-checkpoint', 'reply'],
  edit: ['key-lookup', 'limits', 'insert', ...order, 'audit-checkpoint', 'reply'],
  cancel: ['tx1-commit', ...common],
  'cancel-all': ['tx1-commit', ...common],
  reconcile: common,
}

/** Turns what was counted into cells, in the order of the steps. */
export function cellsOf(flow: Flow, census: Census): readonly Cell[] {
  return STEPS.flatMap((step) =>
    PHASES.flatMap((phase) => {
      const times = census[`${step}/${phase}`] ?? 0
      return times > 0 ? [{ flow, step, phase, times }] : []
    }),
  )
}

/** The most of two counts: flows differ from one run to the next. */
export function mergeCensus(a: Census, b: Census): Census {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]))
}

/**
 * Draws kills: every flow and step once, then with the other phase, then all over again; every eighth kill (or `randomEvery`th) comes
 * at a random moment instead. In the first rounds always the first time that a label is met, later any time.
 */
export function* drawKills(cells: readonly Cell[], dice: Dice, randomEvery = 8): Generator<Kill, never, undefined> {
  for (let round = 0; ; round++) {
    const phases = round % 2 === 0 ? PHASES : [...PHASES].reverse()
    for (const phase of phases) {
      let count = 0
      for (const { flow, step, times, ...cell } of dice.shuffle(cells)) {
        const isTurn =
          (STEPS.indexOf(step) % 2 === 0) === (phase === 'before') ? cell.phase === 'before' : cell.phase === 'after'
        if (!isTurn) continue
        const nth = round === 0 ? 1 : 1 + dice.int(times)
        yield { at: 'label', flow, step, phase: cell.phase, nth }
        count++
        if (count % randomEvery === 0) yield { at: 'random', afterMs: dice.int(90) }
      }
    }
  }
}
