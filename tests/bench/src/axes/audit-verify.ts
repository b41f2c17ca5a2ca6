import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainAlone, ordersIn, STORE_FOLDER, wholeCheck } from '../audit-verify/contenders.js'
import { writeStore } from '../audit-verify/write-store.js'
import type { Axis } from '../axis.js'
import { compareRates } from '../report.js'
import { runInterleaved } from '../run-interleaved.js'
import { spreadOf } from '../statistics.js'

const contenders = [wholeCheck, chainAlone]

/** Share of the speed of the bare hash chain that the whole check keeps, at least. */
const ATLEAST_OF_CHAIN = 0.1

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
      const [ours, limit] = rates
      const wall = wallRates[0]
      if (!ours || !limit || !wall) throw new Error('nobody ran')
      const report = compareRates({
        axis: 'audit-verify',
        unit: 'entries per second of processor time',
        ours,
        peers: [],
        limit,
        notes: {
          includes:
            'reading, UTF-8, canonical form, hash, chain, head, heads outside; intents, inputs, reservations, limits, fills',
          secondsAMillionByProcessor: 1e6 / spreadOf(ours.perRound).median,
          secondsAMillionByTheClock: 1e6 / spreadOf(wall.perRound).median,
        },
      })
      const claim = {
        claim: `the whole check keeps a tenth of the speed of the bare hash chain`,
        held: (report.oursOverLimit ?? 0) >= ATLEAST_OF_CHAIN || options.scale === 'tiny',
        observed: String(report.oursOverLimit),
      }
      return { ...report, claims: [claim] }
    } finally {
      delete process.env[STORE_FOLDER]
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
