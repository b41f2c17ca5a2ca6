import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancel, type Finding, type Flow, fillSome, listFills, listOrders, place } from './rest-flows.js'
import { marketSocket, userSocket } from './socket-flows.js'
import { TROUBLES, type Trouble } from './toxics.js'
import { openWorld, type World } from './world.js'

const FLOWS: Readonly<Record<string, Flow>> = {
  'places an order': place,
  'cancels an order': cancel,
  'lists orders': listOrders,
  'lists fills': listFills,
  'follows a book': marketSocket,
  'follows our orders': userSocket,
}
const AT_A_TIME = 8

const scenarios = TROUBLES.flatMap((trouble) => Object.keys(FLOWS).map((flow) => ({ flow, trouble: trouble.name })))
const findings = new Map<string, Finding>()
let world: World
let seconds = 0

beforeAll(async () => {
  world = await openWorld()
  await fillSome(world)
  const moving = setInterval(() => world.book.move(), 15)
  const startMs = Date.now()
  const run = async (trouble: Trouble, name: string) => {
    const finding = await (FLOWS[name] as Flow)(world, trouble).catch(
      (error: unknown): Finding => ({ claim: 'none', truth: 'none', faults: [`the scenario broke: ${String(error)}`] }),
    )
    findings.set(`${name}, ${trouble.name}`, finding)
  }
  const queue = TROUBLES.filter((trouble) => trouble.name !== 'no such host').flatMap((trouble) =>
    Object.keys(FLOWS).map((name) => () => run(trouble, name)),
  )
  // Sockets take longest, so they go first.
  queue.reverse()
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next()
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  // Names are looked up without a port: these cannot run beside each other.
  for (const trouble of TROUBLES.filter(({ name }) => name === 'no such host')) {
    for (const name of Object.keys(FLOWS)) await run(trouble, name)
  }
  clearInterval(moving)
  seconds = (Date.now() - startMs) / 1_000
}, 180_000)

afterAll(async () => {
  await world.close()
  if (process.env['SHOW_FIGURES']) {
    const rows = [...findings].map(
      ([name, { claim, truth, faults }]) => `${name}: ${claim} / ${truth} ${faults.join('; ')}`,
    )
    process.stdout.write(`${rows.toSorted().join('\n')}\n${findings.size} scenarios in ${seconds.toFixed(1)} s\n`)
  }
})

describe('the client behind a faulty network, judged by the exchange itself', () => {
  it.each(scenarios)('$flow: $trouble', ({ flow, trouble }) => {
    expect(findings.get(`${flow}, ${trouble}`)?.faults).toEqual([])
  })

  it('leaves the exchange’s accounts in order', () => {
    expect(world.exchange.reconcile()).toEqual([])
  })

  it('went through at least sixty scenarios, and met all three words on orders', () => {
    expect(findings.size).toBe(scenarios.length)
    expect(scenarios.length).toBeGreaterThanOrEqual(60)
    const claims = [...findings].filter(([name]) => name.startsWith('places')).map(([, { claim }]) => claim)
    for (const word of ['applied', 'not-applied', 'unknown']) expect(claims).toContain(word)
  })
})
