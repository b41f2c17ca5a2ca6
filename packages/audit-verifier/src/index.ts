// The complete public surface of @tidegate/audit-verifier: named exports only.

export { type ChainPlace, chainStart, checkEntry, type Entry } from './check-chain.js'
export type { Field, Row } from './field.js'
export type { Finding, FindingCode } from './finding.js'
export { type ExportedEntry, entriesOf } from './proof/entries-of.js'
export { type Proof, type ProofLine, proveOrder } from './proof/prove-order.js'
export { type ComparedTable, type Comparison, comparedTables } from './story/compare.js'
export { type Anchors, type Verdict, Verification } from './verification.js'
export { type VerifyOptions, verifyAudit } from './verify-audit.js'
