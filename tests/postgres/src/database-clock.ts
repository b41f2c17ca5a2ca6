import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeTime } from '@tidegate/testkit'
import pg from 'pg'

/** The clock of one test's schema; the test moves it. */
export interface DatabaseClock {
  readonly time: FakeTime
  readonly remove: () => void
}

/**
 * Puts a function in front of the server's `clock_timestamp()` that reads a file, and keeps that file at the time of a
 * {@link FakeTime}: the journal asks its database for the time, and the test decides what it answers.
 */
export async function moveDatabaseClock(url: string): Promise<DatabaseClock> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-clock-'))
  const file = join(folder, 'now-ms')
  chmodSync(folder, 0o755)
  const time = new FileTime(file)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`
    create function clock_timestamp() returns timestamptz language sql volatile as
      $$ select to_timestamp(pg_read_file('${file}')::numeric / 1000) $$;
    do $$ begin execute format('alter role %I set search_path = %I, pg_catalog', current_user, current_schema()); end $$`)
  await client.end()
  return { time, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

class FileTime extends FakeTime {
  readonly #file: string

  constructor(file: string) {
    super()
    this.#file = file
    this.#write()
  }

  override step(ms: number): void {
    super.step(ms)
    this.#write()
  }

  #write(): void {
    writeFileSync(this.#file, String(this.nowMs()), { mode: 0o644 })
  }
}
