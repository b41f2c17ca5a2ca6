// What the harness rests on: every question to a worker has an answer, whatever stops where.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildWorker, removeBuilds } from './build-worker.js'
import { openExchange } from './exchange.js'
import { createDice } from './plan/random.js'
import { createWishMaker } from './plan/wishes.js'
import type { HomeAddress, Label } from './protocol.js'
import { openStores } from './store.js'
import { startWorker } from './worker-process.js'

let bundle: string
beforeAll(async () => {
  bundle = await buildWorker()
})
afterAll(removeBuilds)

const wishes = createWishMaker(createDice(1))
/** An order that rests is acknowledged first; that it is open is learnt, and committed, behind the answer. */
const behindTheAnswer: Label = { step: 'tx3-commit', phase: 'before', nth: 2 }

/** An owner with an open home, at an exchange where an order is pending long enough for the answer to come first. */
async function openOwner() {
  const stores = await openStores('sqlite')
  const venue = await openExchange(300)
  const { exchange } = venue
  const owner = startWorker(bundle)
  onTestFinished(async () => {
    await owner.kill()
    await venue.close()
    await stores.close()
  })
  const home: HomeAddress = {
    ...(await stores.create()),
    engine: stores.engine,
    restUrl: exchange.rest,
    socketUrl: exchange.ws,
    keyName: exchange.keyName,
    keySecret: exchange.privateKeyPem,
    accountId: exchange.portfolioId,
    withStream: false,
    pace: 1,
  }
  expect(await owner.ask({ do: 'open', home })).toMatchObject({ say: 'done' })
  return { owner, exchange }
}

describe('a worker', () => {
  it('is never put to sleep by a label that it meets when nobody waits for it any more', async () => {
    const { owner, exchange } = await openOwner()
    const placed = await owner.ask({ do: 'place', wish: wishes.make('rests'), stopAt: behindTheAnswer })
    expect(placed).toMatchObject({ say: 'done', answer: { outcome: 'accepted', state: 'ACKED' } })
    await expect.poll(() => exchange.orders()[0]?.status).toBe('OPEN')
    const settled = await owner.ask({ do: 'settle', maxMs: 5_000 })
    expect(settled).toMatchObject({ say: 'done', answer: { open: [expect.stringMatching(/ OPEN none$/)] } })
    expect(settled).toMatchObject({ census: { 'tx3-commit/before': 2 } })
    expect(await owner.ask({ do: 'verify' })).toMatchObject({ say: 'done', answer: { ok: true } })
  })

  it('stops at a label behind its answer when the flow goes on with somebody waiting', async () => {
    const { owner } = await openOwner()
    await owner.ask({ do: 'place', wish: wishes.make('rests') })
    const report = await owner.ask({ do: 'settle', maxMs: 5_000, stopAt: behindTheAnswer })
    expect(report).toEqual({ say: 'at', id: 3, label: behindTheAnswer })
  })

  it('says that it sleeps behind its answer when it was to', async () => {
    const { owner } = await openOwner()
    const stopAt: Label = { step: 'reply', phase: 'after', nth: 1 }
    const wish = wishes.make('rests')
    expect(await owner.ask({ do: 'place', wish, stopAt })).toMatchObject({ say: 'done', sleeps: true })
  })

  it('that ends by itself answers what it was asked', async () => {
    const { owner } = await openOwner()
    const answer = owner.ask({ do: 'settle', maxMs: 60_000, stopAt: behindTheAnswer })
    process.kill(owner.pid, 'SIGKILL')
    expect(await answer).toMatchObject({ say: expect.stringMatching(/failed|done/) })
    expect(await owner.ask({ do: 'verify' })).toMatchObject({ say: 'failed', error: expect.stringContaining('ended') })
  })
})
