import { CountingIds, FakeTime, MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { Decimal } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { CAPTURED_FEE_TIERS } from '../accounts/fee-tiers.js'
import { ExchangeEngine } from '../engine/exchange-engine.js'
import { reconcile } from '../engine/reconcile.js'
import { DEFAULT_PRODUCTS } from '../products.js'
import { levelsEvent, limitOrder, marketBuyFor } from '../testing/test-market.js'
import { openStateStore } from './state-store.js'

const journalPath = '/paper/exchange.journal'
const snapshotPath = '/paper/exchange.snapshot'

function openExchange(disk: MemoryDisk) {
  const time = new FakeTime()
  const log = new MemoryLog()
  const store = openStateStore({ disk, folder: '/paper', clock: time, log })
  const engine = new ExchangeEngine({
    state: store.state,
    products: DEFAULT_PRODUCTS,
    clock: time,
    ids: new CountingIds(),
    log,
    feeTiers: CAPTURED_FEE_TIERS,
    commit: (effects) => store.commit(effects),
    publish: () => {},
  })
  return { engine, store, log, time }
}

/** A journal with a deposit, a fill and a resting order in it. */
function written() {
  const disk = new MemoryDisk()
  const { engine, time } = openExchange(disk)
  engine.deposit('USD', new Decimal('1000'))
  engine.onPrice(levelsEvent('BTC-USD', time.nowMs(), [['ask', '100', '5']], true))
  engine.place('filled', marketBuyFor('50'))
  engine.place('resting', limitOrder('BUY', '1', '90'))
  return { disk, engine }
}

function copyWith(disk: MemoryDisk, path: string, text: string): MemoryDisk {
  const copy = new MemoryDisk()
  for (const [name, content] of disk.files) copy.files.set(name, content)
  copy.files.set(path, text)
  return copy
}

function lines(disk: MemoryDisk): string[] {
  return (disk.files.get(journalPath) ?? '').split('\n').slice(0, -1)
}

describe('the state on disk', () => {
  it('brings every acknowledged order and fill back after a kill', () => {
    const { disk, engine } = written()
    const again = openExchange(disk)
    expect(again.engine.state.orders).toEqual(engine.state.orders)
    expect(again.engine.state.fills).toEqual(engine.state.fills)
    expect(again.engine.state.wallets.all()).toEqual(engine.state.wallets.all())
    expect(reconcile(again.engine.state)).toEqual([])
    expect(again.engine.place('filled', marketBuyFor('50'))).toMatchObject({ kind: 'accepted', isRepeat: true })
  })

  it('opens whatever byte of the last record a crash cut it at, with the records before intact', () => {
    const { disk } = written()
    const all = lines(disk)
    const before = `${all.slice(0, -1).join('\n')}\n`
    const last = all.at(-1) ?? ''
    for (let cut = 0; cut <= last.length; cut++) {
      const { engine } = openExchange(copyWith(disk, journalPath, before + last.slice(0, cut)))
      expect(engine.state.orderByClientId('filled')?.status).toBe('FILLED')
      expect(engine.state.orderByClientId('resting')).toBeUndefined()
      expect(reconcile(engine.state)).toEqual([])
    }
    expect(openExchange(disk).engine.state.orderByClientId('resting')?.status).toBe('OPEN')
  })

  it('says in the log that it dropped a torn record', () => {
    const { disk } = written()
    const text = disk.files.get(journalPath) ?? ''
    const { log } = openExchange(copyWith(disk, journalPath, text.slice(0, -5)))
    expect(log.entries.map((entry) => entry.event)).toContain('paper_journal_torn')
  })

  it('refuses to start on any other damage, naming the record', () => {
    const { disk } = written()
    const text = disk.files.get(journalPath) ?? ''
    const flipped = text.replace('"1000"', '"9000"')
    expect(() => openExchange(copyWith(disk, journalPath, flipped))).toThrow(/Record 1 of exchange\.journal is damaged/)
    const [first, , ...rest] = lines(disk)
    const hole = `${[first, ...rest].join('\n')}\n`
    expect(() => openExchange(copyWith(disk, journalPath, hole))).toThrow(/record 3 follows 1/)
  })

  it('refuses a damaged snapshot', () => {
    const { disk } = written()
    openExchange(disk)
    const snapshot = disk.files.get(snapshotPath) ?? ''
    const flipped = snapshot.replace('"1000"', '"9000"')
    expect(flipped).not.toBe(snapshot)
    expect(() => openExchange(copyWith(disk, snapshotPath, flipped))).toThrow(/exchange\.snapshot is damaged/)
    expect(() => openExchange(copyWith(disk, snapshotPath, snapshot.slice(0, -20)))).toThrow(/damaged/)
  })

  it('skips journal records that a snapshot already holds: a crash may fall between the two', () => {
    const { disk } = written()
    const journal = disk.files.get(journalPath) ?? ''
    const { engine } = openExchange(disk)
    const between = copyWith(disk, journalPath, journal)
    const again = openExchange(between)
    expect(again.engine.state.orders).toEqual(engine.state.orders)
    expect(again.engine.state.wallets.all()).toEqual(engine.state.wallets.all())
  })
})
