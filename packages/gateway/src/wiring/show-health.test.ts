import { FakeTime } from '@tidegate/testkit'
import { StoreError } from '@tidegate/trading-model'
import { expect, it } from 'vitest'
import { type HealthSources, showHealth } from './show-health.js'

const time = new FakeTime()
const sources: HealthSources = {
  config: { environment: 'paper', dryRun: false },
  desk: {
    readiness: () => ({ ready: false, reason: 'the store does not work: ERR_STORE_BUSY: it is locked' }),
    modes: async () => [{ scope: 'account', mode: 'REDUCE_ONLY', by: 'me', reason: 'x', atMs: 1 }],
  },
  feed: undefined,
  clock: time,
  haltFile: () => undefined,
  diskProblem: () => undefined,
}

it('health answers while the store does not: the mode is unknown, and the reason says why', async () => {
  const failing = { ...sources.desk, modes: () => Promise.reject(new StoreError('ERR_STORE_BUSY', 'it is locked')) }
  const view = showHealth({ ...sources, desk: failing })
  expect(await view.health()).toMatchObject({
    ready: false,
    mode: 'UNKNOWN',
    reason: expect.stringContaining('locked'),
  })
  expect(view.state()).toMatchObject({ ready: false, reason: expect.stringContaining('locked') })
})

it('health shows the mode of the store, and a halt that needs no store before it', async () => {
  expect(await showHealth(sources).health()).toMatchObject({ mode: 'REDUCE_ONLY' })
  const halted = await showHealth({ ...sources, haltFile: () => 'fire drill' }).health()
  expect(halted).toMatchObject({ mode: 'HALTED', haltFile: 'fire drill' })
  const free = await showHealth({ ...sources, desk: { ...sources.desk, modes: async () => [] } }).health()
  expect(free).toMatchObject({ mode: 'ACTIVE' })
})

it('health is not ready while the disk is nearly full, and says so; what the desk itself lacks comes first', async () => {
  const full = { ...sources, diskProblem: () => 'the disk is nearly full' }
  expect(await showHealth(full).health()).toMatchObject({ ready: false, reason: expect.stringContaining('locked') })
  const desk = { ...sources.desk, readiness: () => ({ ready: true, reason: 'ready' }) }
  expect(await showHealth({ ...full, desk }).health()).toMatchObject({
    ready: false,
    reason: 'the disk is nearly full',
  })
  expect(showHealth({ ...full, desk }).state()).toMatchObject({ ready: false, reason: 'the disk is nearly full' })
})
