import { StoreError } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { approver, during, limitBuy, marketBuy, openWorld, pass, trader } from '../test/desk-world.js'

async function openWithFile() {
  const file: { text: string | Error | undefined } = { text: undefined }
  const haltFile = () => {
    if (file.text instanceof Error) throw file.text
    return file.text
  }
  return { file, world: await openWorld({ deps: { haltFile } }) }
}

describe('a file that halts', () => {
  it.each(['stop it', '', new Error('EISDIR')])('denies what is new and lets cancels through (%s)', async (text) => {
    const { file, world } = await openWithFile()
    const { intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    file.text = text
    const { outcome, decision } = await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))
    expect(outcome).toBe('denied')
    expect(decision).toMatchObject({ denials: [expect.objectContaining({ code: 'RISK_HALTED' })] })
    expect((await world.desk.preview(trader, marketBuy())).decision.kind).toBe('denied')
    expect((await during(world, world.desk.cancel(trader, intent?.intentId ?? ''))).outcome).toBe('cancelled')
    expect(world.venue.sent).toHaveLength(1)
  })

  it('stops also what was decided before it came: it is looked at before each transaction 2', async () => {
    const { file, world } = await openWithFile()
    const record = world.journal.recordIntent.bind(world.journal)
    world.journal.recordIntent = async (intent) => {
      const recorded = await record(intent)
      file.text = 'now'
      return recorded
    }
    const { outcome, intent } = await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))
    expect(outcome).toBe('not_sent')
    expect(intent).toMatchObject({ state: 'ABANDONED', outcomeReason: 'trading is halted by a file: now' })
    expect(world.venue.sent).toEqual([])
  })

  it('needs no store: while that is away it is seen and said, once', async () => {
    const { file, world } = await openWithFile()
    world.journal.modes = () => Promise.reject(new StoreError('ERR_STORE_IO', 'gone'))
    file.text = 'fire'
    await pass(world, 10_000)
    expect(world.log.entries.filter((entry) => entry.event === 'halt_file_found')).toHaveLength(1)
  })

  it('taken away, trading goes on as the journal says: a halt there stays', async () => {
    const { file, world } = await openWithFile()
    file.text = 'now'
    await pass(world, 2_000)
    file.text = undefined
    expect((await during(world, world.desk.place({ principal: trader, terms: limitBuy() }))).outcome).toBe('accepted')
    await world.desk.setMode({ principal: approver, scope: 'account', mode: 'HALTED', reason: 'test' })
    file.text = 'too'
    await pass(world, 2_000)
    file.text = undefined
    expect((await during(world, world.desk.place({ principal: trader, terms: marketBuy() }))).outcome).toBe('denied')
    expect(world.log.entries.filter((entry) => entry.event === 'halt_file_gone')).toHaveLength(2)
  })
})
