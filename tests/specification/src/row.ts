import type { World } from './world.js'

/** Titles of work that is called done: no row may be pending under one of them. */
export const DONE: readonly string[] = [
  'The whole trade loop',
  'coinbase-client: the whole Advanced Trade API',
  'At most one order per intent',
]

/** Titles of work still to come. */
export const TO_COME = ['Guardrails', 'The MCP surface', 'Production ready'] as const

/** One bullet of the specification: a real assertion, or the title of the work that will bring it. */
export type Row =
  | { readonly section: string; readonly bullet: string; readonly check: (world: World) => Promise<void> }
  | {
      readonly section: string
      readonly bullet: string
      readonly pending: (typeof TO_COME)[number]
      readonly why: string
    }
