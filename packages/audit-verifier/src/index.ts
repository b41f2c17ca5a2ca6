// The complete public surface of @tidegate/audit-verifier: named exports only.

export type { Field, Row } from './field.js'
export type { Finding, FindingCode } from './finding.js'
export { type ComparedTable, type Comparison, comparedTables } from './story/compare.js'
export { type Anchors, type Verdict, Verification } from './verification.js'
export { type VerifyOptions, verifyAudit } from './verify-audit.js'
