/** What one round did. */
export interface Round {
  readonly operations: number
  /** Processor time of the whole process, garbage collection included: what the work costs, whoever else is on the machine. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
  /** What must be the same for all who do the same work, such as the traded volume. */
  readonly outcome: Readonly<Record<string, string | number>>
}

/** Somebody who does the axis's work, round after round. */
export interface Contender {
  readonly name: string
  /** Of the library. */
  readonly version?: string
  /** Gets ready in the process that will do the work; the function that comes back does one round. */
  prepare(scale: Scale): () => Round | Promise<Round>
}

/** `tiny` is for tests of the bench itself: its figures mean nothing. */
export type Scale = 'full' | 'tiny'

/** How an axis is to be run. */
export interface RunOptions {
  readonly scale: Scale
  readonly rounds: number
  readonly warmups: number
  /** Each contender in a process of its own; without it all share this one, and figures mean nothing. */
  readonly isolated: boolean
  readonly progress: (text: string) => void
}
