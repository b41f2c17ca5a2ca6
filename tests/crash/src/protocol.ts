/** Where a home keeps its truth. */
export const ENGINES = ['sqlite', 'postgres'] as const
export type Engine = (typeof ENGINES)[number]

/** What a gateway does with orders, and what it does when it starts. */
export const FLOWS = ['place', 'edit', 'cancel', 'cancel-all', 'reconcile'] as const
export type Flow = (typeof FLOWS)[number]

/**
 * Every moment at which something leaves a process or becomes durable. The first thirteen are the steps of an order; the rest are
 * the effects around them, so that no effect of a gateway is without a label.
 */
export const STEPS = [
  /** Looks for the same wish. */
  'key-lookup',
  /** A limit row or a reservation changes. */
  'limits',
  /** The intent is written. */
  'insert',
  /** Commit of the wish: the intent with its reservations, or that a cancel is wanted. */
  'tx1-commit',
  /** Commit of SUBMITTING: from here on the order may exist. */
  'tx2-commit',
  /** The request's token is signed. */
  'jwt',
  /** The request has been handed to the transport, up to a connected socket. */
  'connect',
  /** The bytes of the request go to the kernel. */
  'write',
  /** The head of the answer is here. */
  'first-byte',
  /** The answer is complete, up to its meaning. */
  'parse',
  /** Commit of what the venue said. */
  'tx3-commit',
  /** A signed head of the audit log goes outside the database. */
  'audit-checkpoint',
  /** The caller is told. */
  'reply',
  /** Commit of executions. */
  'fills-commit',
  /** Commit of anything else: opening, modes, day marks, baselines. */
  'other-commit',
  /** Any other statement of a transaction. */
  'statement',
  /** Commit of a transaction that only read. */
  'store-read',
  /** A request that only reads, beside the one that the flow is about. */
  'venue-read',
] as const
export type Step = (typeof STEPS)[number]

/** Immediately before the effect, or immediately after it. */
export const PHASES = ['before', 'after'] as const
export type Phase = (typeof PHASES)[number]

/** A label as it is announced: the `nth` time, counted from 1, that the step was met since the flow began. */
export interface Label {
  readonly step: Step
  readonly phase: Phase
  readonly nth: number
  /** Stop the process (SIGSTOP) instead of putting it to sleep for ever: it may be woken, and knows nothing of the time between. */
  readonly wakes?: true
}

/** How often each label was met: `step/phase` → count. */
export type Census = Readonly<Record<string, number>>

/** Everything a worker needs to open a home. */
export interface HomeAddress {
  readonly engine: Engine
  /** Absolute. Lock, signed heads and, on SQLite, the journal. */
  readonly folder: string
  /** Of the PostgreSQL database; absent on SQLite. */
  readonly databaseUrl?: string
  readonly restUrl: string
  readonly socketUrl: string
  readonly keyName: string
  readonly keySecret: string
  readonly accountId: string
  /** Follow the user channel, too. */
  readonly withStream: boolean
  /** How long a desk on a shared journal may stand still before it has to reconcile anew, ms. */
  readonly leaseMs?: number
  /** How much slower than a quiet machine this one is: waits are as much longer. */
  readonly pace: number
}

/** An order that somebody wants, as text: what is asked again after a crash must be the very same. */
export interface Wish {
  readonly principal: string
  readonly key?: string
  /** As `serializeTerms` writes them. */
  readonly terms: string
}

export type Command =
  | { readonly do: 'open'; readonly home: HomeAddress; readonly stopAt?: Label }
  | { readonly do: 'place'; readonly wish: Wish; readonly stopAt?: Label }
  | { readonly do: 'cancel'; readonly id: string; readonly stopAt?: Label }
  | { readonly do: 'cancel-all'; readonly stopAt?: Label }
  | { readonly do: 'edit'; readonly edit: EditWish; readonly stopAt?: Label }
  /**
   * Waits until nothing is in doubt or the time is up. With a label, the flow before it goes on: what a gateway does about an order
   * does not end with its answer.
   */
  | { readonly do: 'settle'; readonly maxMs: number; readonly stopAt?: Label }
  | { readonly do: 'verify' }
  /** Leaves its compiled code for the processes after it: they start in half the time. */
  | { readonly do: 'keep-code' }

/** A change of a resting order that somebody wants. */
export interface EditWish {
  readonly principal: string
  readonly key?: string
  /** Venue order id of the order to change. */
  readonly id: string
  /** No other wish has it. */
  readonly limitPrice: string
  readonly size: string
  readonly how: 'edit' | 'replace'
}

export interface Answer {
  readonly outcome: string
  readonly intentId?: string
  readonly state?: string
  readonly duplicateOf?: string
  /** Why it was denied. */
  readonly denials?: readonly string[]
  readonly allGone?: boolean
  readonly remaining?: readonly string[]
  readonly ok?: boolean
  readonly problem?: string
  /** Intents that are not terminal, `id state cancel`. */
  readonly open?: readonly string[]
}

/** A command with a number of its own. */
export interface Asked {
  readonly id: number
  readonly command: Command
}

/** How a command ended. A label stops a process only while a command is under way that names it: somebody is waiting to hear of it. */
export type Report =
  /** It sleeps at the label. Unless the label says that it wakes, this is the last that is heard of it. */
  | { readonly say: 'at'; readonly label: Label }
  /** `sleeps`: it was to stop behind its answer, and does. */
  | { readonly say: 'done'; readonly answer: Answer; readonly census: Census; readonly sleeps?: true }
  | { readonly say: 'failed'; readonly error: string; readonly census: Census }

/** What a worker says, one JSON line each, on file descriptor 3. Every command has one report; one whose label wakes has another. */
export type Message = { readonly say: 'up' } | (Report & { readonly id: number })
