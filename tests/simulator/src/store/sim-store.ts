import type { Journal } from '@tidegate/trading-model'
import type { Incarnation } from '../process/incarnation.js'

/** Where a simulation keeps its truth: one store, opened by every process that starts. */
export interface SimStore {
  readonly kind: 'model' | 'sqlite'
  /** Opens it for a new life of a process; several processes share it, an earlier life of the same one loses its rights. */
  open(incarnation: Incarnation): Promise<Journal>
  /** Takes the right to submit from a journal that was opened. */
  fence(instanceId: string): void
  /** A view for the judge: its calls meet no fault and take no time. */
  judge(): Promise<Journal>
  close(): Promise<void>
}
