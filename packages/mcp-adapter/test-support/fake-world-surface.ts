import type { Clock, Log, Principal, Timers } from '@tidegate/trading-model'
import type { JsonObject, SurfaceBackend } from '../src/backend.js'
import { createSurface } from '../src/create-surface.js'
import type { TightenWish } from '../src/limits-door.js'
import type { SurfaceDeps } from '../src/surface-deps.js'
import { FakeAccount, FakeDesk, FakeMarket } from './fake-world.js'

export const TRADER: Principal = { name: 'local', role: 'trader' }

/** A surface on fakes, with the fakes at hand. */
export interface FakeWorld {
  readonly surface: SurfaceBackend
  readonly desk: FakeDesk
  readonly market: FakeMarket
  readonly account: FakeAccount
  /** What was asked of the limits. */
  readonly tightened: TightenWish[]
  /** Calls a tool as the trader and gives its structured content. */
  tool(name: string, args?: JsonObject): Promise<JsonObject>
  /** Reads a resource as the trader and parses it. */
  read(uri: string): Promise<JsonObject>
}

/** Builds a {@link FakeWorld}. */
export function fakeWorld(
  runtime: { readonly time: Clock & Timers; readonly log: Log },
  extra: Partial<SurfaceDeps> = {},
): FakeWorld {
  const { time, log } = runtime
  const desk = new FakeDesk(time)
  const market = new FakeMarket(time)
  const account = new FakeAccount()
  const tightened: TightenWish[] = []
  const limits: SurfaceDeps['limits'] = {
    async tighten(_, wish) {
      tightened.push(wish)
      return { kind: 'tightened', changes: [{ key: 'max_order_value_usd', from: '100', to: '50' }], version: 'ab12' }
    },
  }
  const line = {
    seq: 1,
    atMs: time.nowMs(),
    level: 'info',
    event: 'order_placed',
    fields: { order_id: 'o-1' },
  } as const
  const logs: SurfaceDeps['logs'] = { recent: () => [line] }
  const surface = createSurface({ desk, market, account, clock: time, timers: time, log, limits, logs, ...extra })
  return {
    surface,
    desk,
    market,
    account,
    tightened,
    tool: async (name, args = {}) => (await surface.callTool(TRADER, name, args)).structured,
    read: async (uri) => JSON.parse((await surface.readResource(TRADER, uri)).text) as JsonObject,
  }
}
