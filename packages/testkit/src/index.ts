export { CountingIds, FakeTime, MemoryLog, MemoryMetrics, SeededRandom } from './fake-runtime.js'
export { MemoryDisk } from './memory-disk.js'
