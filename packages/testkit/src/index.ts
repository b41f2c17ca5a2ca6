export { CountingIds, FakeTime, MemoryLog, MemoryMetrics, SeededRandom } from './fake-runtime.js'
export {
  sampleApprovedOrder,
  sampleDenial,
  sampleFill,
  sampleOrigin,
  sampleReservation,
  sampleTerms,
  sampleVenueOrder,
  sampleWish,
  termsHashOf,
  type WishOptions,
} from './journal-samples.js'
export { MemoryDisk } from './memory-disk.js'
export type { EditFault } from './memory-edits.js'
export { createMemoryJournal, type MemoryJournal } from './memory-journal.js'
export { MemoryMarket } from './memory-market.js'
export type { MemoryJournalOptions } from './memory-store.js'
export type { SubmitFault } from './memory-submits.js'
export { MemoryVenue, type MemoryVenueOptions } from './memory-venue.js'
export { type Direction, startTcpProxy, type TcpProxy, type Toxic } from './tcp-proxy.js'
