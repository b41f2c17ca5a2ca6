/** A mistake that is made in a copy of the products. */
export interface Mutant {
  readonly name: string
  readonly what: string
  /** Invariants that may find it. */
  readonly expect: readonly string[]
  readonly store?: 'model' | 'sqlite'
  /** Kinds of fault without which it cannot show: they strike in every seed of the hunt. */
  readonly focus?: readonly string[]
  /** It has to be found within so many. @default 500 */
  readonly seeds?: number
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[]
}

export const mutants: readonly Mutant[]
export const elsewhere: readonly { readonly name: string; readonly where: string }[]
