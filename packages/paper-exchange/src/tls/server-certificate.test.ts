import { get } from 'node:https'
import { MemoryDisk, MemoryLog } from '@tidegate/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createPaperExchange, type PaperExchange } from '../create-paper-exchange.js'
import { handPrices } from '../testing/hand-prices.js'

const open: PaperExchange[] = []

afterEach(async () => {
  for (const exchange of open.splice(0)) await exchange.close()
})

async function start(disk = new MemoryDisk()) {
  const exchange = await createPaperExchange({
    tls: true,
    disk,
    folder: '/paper',
    log: new MemoryLog(),
    prices: handPrices().source,
  })
  open.push(exchange)
  return exchange
}

const statusOf = (url: string, ca?: string | string[]) =>
  new Promise<number | string>((resolve) => {
    get(url, { agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    }).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  })

describe('TLS on request', () => {
  it('serves https and wss on one port to those who trust its certificate', async () => {
    const disk = new MemoryDisk()
    const exchange = await start(disk)
    expect(exchange.rest).toMatch(/^https:\/\/127/)
    expect(disk.readText(exchange.certificateFile ?? '')).toBe(exchange.certificatePem)
    expect(await statusOf(`${exchange.rest}/api/v3/brokerage/time`, exchange.certificatePem)).toBe(200)
    const byName = exchange.rest.replace('127.0.0.1', 'localhost')
    expect(await statusOf(`${byName}/api/v3/brokerage/time`, exchange.certificatePem)).toBe(200)
    const socket = new WebSocket(exchange.ws, { ca: exchange.certificatePem })
    const acknowledged = new Promise((resolve) => socket.once('message', resolve))
    socket.once('open', () => socket.send('{"type":"subscribe","channel":"heartbeats"}'))
    expect(String((await acknowledged) as Buffer)).toContain('"channel":"subscriptions"')
    socket.terminate()
  })

  it('is not trusted by anybody else', async () => {
    const exchange = await start()
    expect(await statusOf(`${exchange.rest}/api/v3/brokerage/time`)).toMatch(/SELF_SIGNED/)
  })

  it('can be trusted beside another exchange', async () => {
    const both = [await start(), await start()]
    const trusted = both.map(({ certificatePem }) => certificatePem ?? '')
    for (const { rest } of both) expect(await statusOf(`${rest}/api/v3/brokerage/time`, trusted)).toBe(200)
  })

  it('keeps its certificate over restarts, and makes a new one when the old is damaged', async () => {
    const disk = new MemoryDisk()
    const first = (await start(disk)).certificatePem
    await open.splice(0)[0]?.close()
    const again = await start(disk)
    expect(again.certificatePem).toBe(first)
    await open.splice(0)[0]?.close()
    disk.writeTextAtomically('/paper/paper-cert.pem', 'damaged')
    expect((await start(disk)).certificatePem).not.toBe(first)
  })
})
