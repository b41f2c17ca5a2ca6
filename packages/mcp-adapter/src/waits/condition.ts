import type { JsonObject } from '../backend.js'

/** What is known of something that is waited for. */
export interface Known {
  /** True from the moment it happened on, whatever comes after. */
  readonly happened: boolean
  readonly shown: JsonObject
  /** One sentence for a progress notice: where it stands. */
  readonly words: string
}

/** Something that will happen, or not. Nothing here asks the venue: changes come from the stores and streams that there are. */
export interface Condition {
  known(): Known
  /** Looks again at what no event may have told (a store that other processes write to); absent where events are complete. */
  readonly lookAgain?: () => Promise<void>
  /** Calls `changed` whenever {@link Condition.known} may have changed; returns the way to stop. */
  watch(changed: () => void): () => void
}
