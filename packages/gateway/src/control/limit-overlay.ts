import { mergeOverlays, overlayPolicy, type PolicySettings } from '@tidegate/risk-engine'
import { StoreError } from '@tidegate/trading-model'
import { z } from 'zod'
import { type ConfiguredLimits, limitsOf } from './configured-limits.js'

/** Notes that are kept: enough to see who tightened what. */
const MAX_NOTES = 20

const settings = z.record(z.string(), z.unknown())
const note = z.strictObject({
  by: z.string(),
  at_ms: z.number(),
  agent: z.string().optional(),
  keys: z.array(z.string()),
  reason: z.string(),
})
const stored = z.strictObject({ account: settings, agents: z.record(z.string(), settings), notes: z.array(note) })

export type OverlayNote = z.infer<typeof note>

/**
 * Limits that agents laid over those of the file. It only tightens, whatever the file says, and lasts until a person lifts it.
 * Values by the keys of the configuration.
 */
export interface LimitOverlay {
  readonly account: PolicySettings
  readonly agents: Readonly<Record<string, PolicySettings>>
  readonly notes: readonly OverlayNote[]
}

export const NO_OVERLAY: LimitOverlay = { account: {}, agents: {}, notes: [] }

/** True when nothing is tightened by it. */
export function isEmptyOverlay({ account, agents }: LimitOverlay): boolean {
  return [account, ...Object.values(agents)].every((each) => Object.keys(each).length === 0)
}

/** The overlay with further limits, of the account or of an agent. */
export function addToOverlay(
  overlay: LimitOverlay,
  wish: { readonly agent?: string | undefined; readonly settings: PolicySettings; readonly note: OverlayNote },
): LimitOverlay {
  const { agent, settings: added } = wish
  const notes = [...overlay.notes, wish.note].slice(-MAX_NOTES)
  if (agent === undefined) return { ...overlay, account: mergeOverlays(overlay.account, added), notes }
  const own = mergeOverlays(overlay.agents[agent] ?? {}, added)
  return { ...overlay, agents: { ...overlay.agents, [agent]: own }, notes }
}

/**
 * What is in force: the limits with the overlay on them. An agent without limits of its own has them from its part of the overlay on.
 *
 * @throws {ConfigError} the overlay names a limit that this version does not know.
 */
export function withOverlay(limits: ConfiguredLimits, overlay: LimitOverlay): ConfiguredLimits {
  const names = [...new Set([...limits.agents.map(({ name }) => name), ...Object.keys(overlay.agents)])]
  return {
    policy: overlayPolicy(limits.policy, overlay.account),
    agents: names.map((name) => {
      const shared = overlayPolicy(limitsOf(limits, name), overlay.account)
      return { name, policy: overlayPolicy(shared, overlay.agents[name] ?? {}, 'agent') }
    }),
  }
}

/** As it is kept in the store, JSON; `readOverlay` takes it back. */
export function writeOverlay(overlay: LimitOverlay): string {
  return JSON.stringify(overlay)
}

/** @throws {StoreError} `ERR_STORE_CORRUPT`: the text is no overlay. */
export function readOverlay(text: string): LimitOverlay {
  try {
    return stored.parse(JSON.parse(text))
  } catch (cause) {
    throw new StoreError('ERR_STORE_CORRUPT', 'The store holds an overlay of the limits that cannot be read', {
      hint: 'run tidegate audit verify; a newer version may have written it',
      cause,
    })
  }
}
