import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Contender, Round, RunOptions, Scale } from './contender.js'
import type { Rates } from './report.js'

/** A contender that is ready: in its own process, or here. */
interface Ready {
  readonly contender: Contender
  round(): Promise<Round>
  close(): void
}

/**
 * Gives each contender one round in turn, so that whatever else the machine does meets all of them.
 *
 * @returns Operations per second of processor time and per second of the clock, per round, warm-ups left out, in the order of the contenders.
 * @throws {Error} when two contenders that do the same work disagree about its outcome.
 */
export async function runInterleaved(
  axis: string,
  contenders: readonly Contender[],
  options: RunOptions,
): Promise<{
  readonly rates: readonly Rates[]
  readonly wallRates: readonly Rates[]
  readonly outcome: Round['outcome']
}> {
  const ready: Ready[] = []
  const results = contenders.map((): Round[] => [])
  let outcome: Round['outcome'] = {}
  try {
    for (const contender of contenders) {
      ready.push(options.isolated ? await start(axis, contender, options.scale) : here(contender, options.scale))
    }
    for (let index = -options.warmups; index < options.rounds; index++) {
      options.progress(index < 0 ? `${axis}: warming up` : `${axis}: round ${index + 1} of ${options.rounds}`)
      const outcomes: { name: string; text: string }[] = []
      for (const [place, one] of ready.entries()) {
        const result = await one.round()
        outcome = result.outcome
        outcomes.push({ name: one.contender.name, text: JSON.stringify(result.outcome) })
        if (index >= 0) results[place]?.push(result)
      }
      const odd = outcomes.find((other) => other.text !== outcomes[0]?.text)
      if (odd) throw new Error(`${axis}: ${odd.name} got ${odd.text}, ${outcomes[0]?.name} got ${outcomes[0]?.text}`)
    }
  } finally {
    for (const one of ready) one.close()
  }
  const ratesBy = (seconds: (round: Round) => number): readonly Rates[] =>
    contenders.map(({ name, version }, place) => ({
      name,
      ...(version === undefined ? {} : { version }),
      perRound: (results[place] ?? []).map((round) => round.operations / seconds(round)),
    }))
  return { rates: ratesBy((round) => round.cpuSeconds), wallRates: ratesBy((round) => round.wallSeconds), outcome }
}

function here(contender: Contender, scale: Scale): Ready {
  const round = contender.prepare(scale)
  return { contender, round: async () => await round(), close: () => {} }
}

async function start(axis: string, contender: Contender, scale: Scale): Promise<Ready> {
  const child = fork(process.argv[1] ?? '', ['--contender', axis, contender.name, scale])
  // A contender that dies must not leave the parent waiting.
  const died = once(child, 'exit').then(() => {
    throw new Error(`${axis}: ${contender.name} ended before its time`)
  })
  died.catch(() => {})
  await Promise.race([once(child, 'message'), died])
  return {
    contender,
    async round() {
      child.send('round')
      const [result] = (await Promise.race([once(child, 'message'), died])) as [Round]
      return result
    },
    close: () => child.kill(),
  }
}

/** The other end: does a round whenever the parent asks for one. */
export function serveRounds(contender: Contender, scale: Scale): void {
  const round = contender.prepare(scale)
  process.on('message', () => {
    void (async () => process.send?.(await round()))()
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.('ready')
}
