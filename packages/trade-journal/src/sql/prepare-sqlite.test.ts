import { describe, expect, it } from 'vitest'
import { tempStore } from '../../test/temp-store.js'
import { journalModeFor } from './prepare-sqlite.js'

describe('the journal mode', () => {
  it.each([
    ['3.45.1', 'truncate', 'extra'],
    ['3.51.2', 'truncate', 'extra'],
    ['3.51.3', 'wal', 'full'],
    ['3.52.0', 'wal', 'full'],
    ['3.100.0', 'wal', 'full'],
    ['4.0.0', 'wal', 'full'],
  ])('of SQLite %s is %s with %s', (version, journal, synchronous) => {
    expect(journalModeFor(version)).toEqual({ journal, synchronous })
  })

  it('is the one the opened store is in', async () => {
    const store = tempStore()
    const journal = await store.open()
    store.raw((file) => {
      const version = String(file.all('select sqlite_version() as v', [])[0]?.['v'])
      // A second connection of TRUNCATE reports its own default; only WAL is written into the file.
      const expected = journalModeFor(version).journal === 'wal' ? 'wal' : 'delete'
      expect(file.all('pragma journal_mode', [])[0]?.['journal_mode']).toBe(expected)
    })
    await journal.close()
    store.remove()
  })
})
