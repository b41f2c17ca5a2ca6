import { existsSync } from 'node:fs'
import {
  type ExportedEntry,
  entriesOf,
  type Finding,
  proveOrder,
  type Verdict,
  verifyAudit,
} from '@tidegate/audit-verifier'
import type { JsonObject } from '@tidegate/mcp-adapter'
import { ConfigError, StoreError } from '@tidegate/trading-model'
import type { Config } from '../config/config.js'

/** Places that stand in for those of the configuration. Paths are absolute; a store may be a `postgres://` address. */
export interface AuditPlaces {
  readonly store?: string
  readonly headsFile?: string
  readonly publicKeyFile?: string
}

/**
 * Checks the audit log with the verifier's own code, on files alone: no gateway is asked, none is needed, none is held up.
 *
 * @returns `{ok, entries, head, firstBad, …, reasons[{severity, code, seq, words}]}`.
 * @throws {ConfigError} `ERR_CONFIG_MISSING` when a place that was named, or the store, is not there.
 * @throws {StoreError} `ERR_STORE_IO` when the store cannot be opened at all.
 */
export async function checkAudit(config: Config, places: AuditPlaces = {}): Promise<JsonObject> {
  const found = placesOf(config, places)
  return showVerdict(await opened(() => verifyAudit(found)))
}

/**
 * Shows one order, entry by entry, with the check of the log it stands in: see {@link checkAudit}.
 *
 * @param id - Intent id (the receipt), the caller's own id, client order id or venue order id.
 */
export async function proveAudited(config: Config, id: string, places: AuditPlaces = {}): Promise<JsonObject> {
  const found = placesOf(config, places)
  const { intentIds, lines, verdict } = await opened(() => proveOrder({ ...found, id }))
  const last = lines.at(-1)
  return {
    ok: verdict.ok && lines.length > 0,
    id,
    intent_ids: [...intentIds],
    lines: lines.map(({ seq, hash, atMs, actor, type, intentId, says, details }) => ({
      seq,
      hash,
      at: new Date(atMs).toISOString(),
      actor,
      type,
      intent_id: intentId,
      says,
      details: [...details],
    })),
    // Entries that do not hold are no lines, so every line here is part of a whole chain.
    verified_to: verdict.entries,
    anchored: last !== undefined && last.seq <= verdict.anchoredTo,
    audit: showVerdict(verdict),
  }
}

/** Every stored entry after `afterSeq`, as it stands: see the verifier's `entriesOf`. */
export async function* exportAudit(
  config: Config,
  options: Pick<AuditPlaces, 'store'> & { readonly afterSeq?: number },
): AsyncGenerator<ExportedEntry> {
  const { store } = placesOf(config, options)
  yield* entriesOf({ store, ...(options.afterSeq === undefined ? {} : { afterSeq: options.afterSeq }) })
}

function placesOf(config: Config, places: AuditPlaces): Required<AuditPlaces> {
  const store = places.store ?? config.store.url?.reveal() ?? config.store.file
  if (!/^postgres(ql)?:\/\//.test(store)) mustExist(store, 'store', 'name it with --store, or the home with --home')
  const headsFile = places.headsFile ?? config.audit.headsFile
  if (places.headsFile !== undefined) mustExist(headsFile, 'heads file', 'name it with --heads, or leave it out')
  if (places.publicKeyFile !== undefined) mustExist(places.publicKeyFile, 'public key', 'name it with --public-key')
  return { store, headsFile, publicKeyFile: places.publicKeyFile ?? `${headsFile}.pub` }
}

function mustExist(path: string, what: string, hint: string): void {
  if (!existsSync(path)) throw new ConfigError('ERR_CONFIG_MISSING', `There is no ${what} ${path}`, { hint })
}

async function opened<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreError('ERR_STORE_IO', `The store could not be checked: ${why}`, {
      cause: error,
      hint: 'check as a user who may read it, or a copy of it',
    })
  }
}

function showVerdict(verdict: Verdict): JsonObject {
  const { ok, entries, head, firstBad, anchoredTo, key, keyChanges, findings } = verdict
  return {
    ok,
    entries,
    head,
    firstBad,
    anchoredTo,
    publicKey: { hex: key.hex, from: key.from },
    keyChanges: keyChanges.map(({ seq, from, to }) => ({ seq, from, to })),
    reasons: findings.map(showFinding),
  }
}

function showFinding({ severity, code, seq, words }: Finding): JsonObject {
  return { severity, code, seq: seq ?? null, words }
}
