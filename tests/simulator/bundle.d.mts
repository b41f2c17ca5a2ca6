import type { Mutant } from './mutants.mjs'

export function bundleSimulator(options?: { readonly mutant?: Mutant; readonly folder?: string }): Promise<string>
