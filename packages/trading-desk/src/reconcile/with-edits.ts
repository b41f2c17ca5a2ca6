import type { Reconciler } from './reconcile.js'
import type { EditResolver } from './resolve-edits.js'

/**
 * Looks at edits before orders are compared, at start and whenever everything is compared: an order whose edit came true would look
 * like somebody else's doing.
 *
 * @param isShared - Other processes work on the same journal: an edit that one of them may be sending is nobody's orphan.
 */
export function withEdits(reconciler: Reconciler, edits: EditResolver, isShared: boolean): Reconciler {
  return {
    ...reconciler,
    async run(trigger, atStart = false) {
      const open = await edits.pass(atStart && !isShared)
      if (open.length > 0) edits.begin()
      const report = await reconciler.run(trigger, atStart)
      return { ...report, unresolved: [...report.unresolved, ...open.map((edit) => edit.intentId)] }
    },
  }
}
