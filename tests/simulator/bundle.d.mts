import type { Mutant } from './mutants.mjs'

export interface Bundler {
  /** @throws when the mutant no longer applies. */
  bundle(mutant?: Mutant): Promise<string>
  /** Without a mutant; made once. */
  clean(): Promise<string>
  close(): Promise<void>
}

export function openBundler(options?: { readonly mapped?: boolean; readonly folder?: string }): Promise<Bundler>

export function bundleSimulator(options?: {
  readonly mutant?: Mutant
  readonly mapped?: boolean
  readonly folder?: string
}): Promise<string>
