import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Engine } from './protocol.js'
import { type MatrixOptions, type MatrixResult, type MatrixRow, rankOf, runMatrix } from './run-matrix.js'

/** Kills of one batch. Each batch has a seed of its own and is run as a whole. */
const KILLS_PER_BATCH = 250

export interface BatchOptions extends MatrixOptions {
  readonly kills: number
  /** What has been run is kept here after every batch; where something is kept already, the run goes on behind it. */
  readonly keptIn?: string | undefined
}

interface Kept {
  /** Both must be the same for a run to go on. */
  readonly seed: number
  readonly engines: Partial<Record<Engine, { readonly batches: number; readonly result: MatrixResult }>>
}

/**
 * Runs a matrix in batches: batch `n` (from 0) has seed `seed + n`, so that a violation is found again by the seed that was printed,
 * and a long run that was interrupted goes on where the last batch ended.
 *
 * @throws {Error} when what is kept belongs to another seed.
 */
export async function runBatches(options: BatchOptions): Promise<MatrixResult> {
  const { kills, seed, keptIn } = options
  const { engine } = options.stores
  const kept = readKept(keptIn, seed)
  let { batches, result } = kept.engines[engine] ?? { batches: 0, result: undefined }
  while (result === undefined || result.kills < kills) {
    const before = result
    const one = await runMatrix({
      ...options,
      seed: seed + batches,
      kills: Math.min(KILLS_PER_BATCH, kills - (before?.kills ?? 0)),
      onProgress: (count, violations) =>
        options.onProgress?.((before?.kills ?? 0) + count, (before?.broken.length ?? 0) + violations),
    })
    result = before ? merge(before, one) : one
    batches++
    if (keptIn !== undefined)
      writeKept(keptIn, { seed, engines: { ...readKept(keptIn, seed).engines, [engine]: { batches, result } } })
  }
  return result
}

function readKept(file: string | undefined, seed: number): Kept {
  if (file === undefined || !existsSync(file)) return { seed, engines: {} }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept
  if (kept.seed !== seed) throw new Error(`${file} is of a run with seed ${kept.seed}, not ${seed}`)
  return kept
}

function writeKept(file: string, kept: Kept): void {
  writeFileSync(`${file}.new`, JSON.stringify(kept))
  renameSync(`${file}.new`, file)
}

/** Two runs on one engine as if they had been one. */
export function merge(a: MatrixResult, b: MatrixResult): MatrixResult {
  const rows = new Map<string, MatrixRow>()
  for (const row of [...a.rows, ...b.rows]) {
    const place = `${row.flow} ${row.step}`
    const { kills = 0, violations = 0, unresolved = 0 } = rows.get(place) ?? {}
    rows.set(place, {
      ...row,
      kills: kills + row.kills,
      violations: violations + row.violations,
      unresolved: unresolved + row.unresolved,
    })
  }
  return {
    rows: [...rows.values()].sort((one, other) => rankOf(one) - rankOf(other)),
    kills: a.kills + b.kills,
    places: [...new Set([...a.places, ...b.places])],
    missing: [...new Set([...a.missing, ...b.missing])],
    broken: [...a.broken, ...b.broken],
    seconds: a.seconds + b.seconds,
  }
}
