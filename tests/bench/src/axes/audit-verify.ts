import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainAlone, ordersIn, plainChain, STORE_FOLDER, wholeCheck } from '../audit-verify/contenders.js'
import { writeStore } from '../audit-verify/write-store.js'
import type { Axis } from '../axis.js'
import { compareRates } from '../report.js'
import { runInterleaved } from '../run-interleaved.js'
import { spreadOf } from '../statistics.js'

const contenders = [wholeCheck, plainChain, chainAlone]

/** What a million entries should take at most on an idle machine, s. */
const WANTED_SECONDS = 15
/** Of the speed of a check that reads entry by entry and looks at no record at all. */
const AT_LEAST = 0.3

/** A million entries, with every record beside them, checked by the verifier's own code. */
export const auditVerify: Axis = {
  name: 'audit-verify',
  about: 'entries of the audit log a second through the whole check of a SQLite store, a million in it',
  contenders,
  rounds: 3,
  async run(options) {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-bench-audit-'))
    process.env[STORE_FOLDER] = folder
    try {
      options.progress('audit-verify: writing the store')
      await writeStore(folder, ordersIn(options.scale))
      const { rates, wallRates } = await runInterleaved('audit-verify', contenders, {
        ...options,
        warmups: Math.min(options.warmups, 1),
      })
      const [ours, plain, limit] = rates
      const wall = wallRates[0]
      if (!ours || !plain || !limit || !wall) throw new Error('nobody ran')
      return compareRates({
        axis: 'audit-verify',
        unit: 'entries per second of processor time',
        ours,
        peers: [plain],
        limit,
        atLeast: AT_LEAST,
        notes: {
          includes:
            'reading, UTF-8, canonical form, hash, chain, head, heads outside; intents, inputs, reservations, limits, fills',
          wantedSecondsAMillion: WANTED_SECONDS,
          secondsAMillionByProcessor: 1e6 / spreadOf(ours.perRound).median,
          secondsAMillionByTheClock: 1e6 / spreadOf(wall.perRound).median,
        },
      })
    } finally {
      delete process.env[STORE_FOLDER]
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
