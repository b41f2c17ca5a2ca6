import { InvariantError, StoreError } from '@tidegate/trading-model'
import { Kysely, sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TempStore, tempStore } from '../../test/temp-store.js'
import { openSqliteFile } from '../drivers/open-sqlite-file.js'
import { sqliteDialect } from './sqlite-dialect.js'

interface Rows {
  rows: { id: bigint; n: bigint }
}

let store: TempStore
let db: Kysely<Rows>
beforeEach(async () => {
  store = tempStore()
  const file = openSqliteFile(store.path)
  file.exec('pragma busy_timeout = 0; create table rows (id integer primary key, n integer not null) strict')
  db = new Kysely<Rows>({ dialect: sqliteDialect(file) })
  await db.insertInto('rows').values({ id: 1n, n: 0n }).execute()
})
afterEach(async () => {
  await db.destroy()
  store.remove()
})

describe('a transaction', () => {
  it('takes the write lock when it begins, before its first statement', async () => {
    await db.transaction().execute(async () => {
      store.raw((file) => {
        file.exec('pragma busy_timeout = 0')
        expect(() => file.exec('begin immediate')).toThrow(/locked/)
      })
    })
  })

  it('that only reads takes no write lock', async () => {
    await db
      .transaction()
      .setAccessMode('read only')
      .execute(async (trx) => {
        await trx.selectFrom('rows').selectAll().execute()
        store.raw((file) => file.exec('begin immediate; rollback'))
      })
  })

  it('never interleaves with another one: read, wait, write counts every turn', async () => {
    const order: string[] = []
    const turn = async (name: number): Promise<void> => {
      await db.transaction().execute(async (trx) => {
        order.push(`begin ${name}`)
        const { n } = await trx.selectFrom('rows').select('n').executeTakeFirstOrThrow()
        for (let tick = 0; tick < 5; tick++) await Promise.resolve()
        await trx
          .updateTable('rows')
          .set({ n: n + 1n })
          .execute()
        order.push(`end ${name}`)
      })
    }
    await Promise.all(Array.from({ length: 20 }, (_, name) => turn(name)))
    expect(await db.selectFrom('rows').select('n').executeTakeFirst()).toEqual({ n: 20n })
    expect(order).toEqual(Array.from({ length: 20 }, (_, name) => [`begin ${name}`, `end ${name}`]).flat())
  })

  it('that fails changes nothing and lets the next one in', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await trx.updateTable('rows').set({ n: 5n }).execute()
      await trx.insertInto('rows').values({ id: 1n, n: 1n }).execute()
    })
    await expect(failing).rejects.toThrow(InvariantError)
    expect(await db.selectFrom('rows').select('n').execute()).toEqual([{ n: 0n }])
  })

  it('that finds the store locked says so, and the next one works again', async () => {
    const file = store.openRaw()
    file.exec('begin immediate')
    const blocked = db.transaction().execute(async () => {})
    await expect(blocked).rejects.toThrow(StoreError)
    await expect(blocked).rejects.toMatchObject({ code: 'ERR_STORE_BUSY' })
    file.exec('rollback')
    file.close()
    // A transaction that only reads first: it neither begins nor ends as the blocked one did.
    const read = db.transaction().setAccessMode('read only')
    await read.execute(async (trx) => await trx.selectFrom('rows').selectAll().execute())
    await db.transaction().execute(async () => {})
  })
})

describe('a bound value', () => {
  it('is a whole number of at most 64 bits, and comes back as bigint', async () => {
    for (const n of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 0n]) {
      await db.updateTable('rows').set({ n }).execute()
      expect(await db.selectFrom('rows').select('n').execute()).toEqual([{ n }])
    }
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 2n ** 63n, {}, [1]])('is never %s', async (value) => {
    await expect(sql`update rows set n = ${value}`.execute(db)).rejects.toThrow(InvariantError)
  })
})
