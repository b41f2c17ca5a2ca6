import type { CallControl, SurfaceBackend } from '@tidegate/mcp-adapter'
import { MemoryDisk, MemoryLog, MemoryMetrics, SeededRandom } from '@tidegate/testkit'
import { NotFoundError, type Principal } from '@tidegate/trading-model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAgentDirectory } from '../access/agent-directory.js'
import { createGatekeeper } from '../access/gatekeeper.js'
import type { Endpoint } from '../gateway.js'
import { openEndpoint } from '../http/endpoint.js'
import { mintTokens } from '../http/tokens.js'
import { createRuntime } from '../runtime.js'
import { createScrubber } from '../secrets/create-scrubber.js'
import { createRemoteBackend } from './remote-backend.js'
import { createRemoteClient, OwnerLostError, type RemoteClient } from './remote-client.js'

const principal: Principal = { name: 'local', role: 'trader' }
const secret = 'CANARY-0123456789-CANARY'
const runtime = createRuntime()

let endpoint: Endpoint
let client: RemoteClient
let far: SurfaceBackend
/** What the owner was given, and the way to answer. */
let asked: { readonly name: string; readonly control: CallControl | undefined; answer(): void }[]

beforeEach(async () => {
  asked = []
  const log = new MemoryLog()
  const tokens = mintTokens(new MemoryDisk(), new SeededRandom(7), '/home')
  const scrubber = createScrubber()
  scrubber.register(secret)
  const owner: Pick<SurfaceBackend, 'callTool'> = {
    callTool: (_, name, args, control) => {
      if (name === 'missing') throw new NotFoundError(`There is no ${secret}`, { hint: 'look elsewhere' })
      return new Promise((resolve) => {
        const answer = (): void => resolve({ structured: { name, args }, isError: false })
        asked.push({ name, control, answer })
        control?.signal?.addEventListener('abort', answer)
      })
    },
  }
  endpoint = await openEndpoint({
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    allowedOrigins: [],
    maxBodyBytes: 4_096,
    tokens,
    gatekeeper: createGatekeeper({
      environment: 'paper',
      agents: createAgentDirectory('paper', []),
      home: () => tokens,
      store: () => undefined,
      clock: runtime.clock,
      log,
    }),
    mcp: owner as SurfaceBackend,
    control: { call: async () => ({}) },
    approvals: () => undefined,
    clock: runtime.clock,
    serveMcp: async (_, response) => void response.end(),
    health: () => Promise.reject(new Error('not asked here')),
    metricsText: async () => '',
    scrubber,
    timers: runtime.timers,
    log,
    metrics: new MemoryMetrics(),
  })
  client = createRemoteClient(endpoint.url)
  far = createRemoteBackend(client, { tokens, isAgent: true, onStreamEnd: () => {} }).mcp
})
afterEach(async () => {
  client.close()
  await endpoint.close()
})

const until = async (happens: () => boolean): Promise<void> => {
  while (!happens()) await new Promise((resolve) => setImmediate(resolve))
}

describe('a call that waits, handed to the owner of the home', () => {
  it('brings progress while it waits, and then its result', async () => {
    const steps: unknown[] = []
    const control = { progress: (step: unknown) => void steps.push(step) }
    const answer = far.callTool(principal, 'wait_for_event', { event: 'price' }, control)
    await until(() => asked.length === 1)
    asked[0]?.control?.progress?.({ done: 0, total: 9, message: 'waiting' })
    await until(() => steps.length === 1)
    asked[0]?.answer()
    expect(await answer).toEqual({ structured: { name: 'wait_for_event', args: { event: 'price' } }, isError: false })
    expect(steps).toEqual([{ done: 0, total: 9, message: 'waiting' }])
  })

  it('is given up there when its caller gives up here', async () => {
    const gone = new AbortController()
    const answer = far.callTool(principal, 'wait_for_event', {}, { signal: gone.signal })
    const refused = expect(answer).rejects.toThrow(/given up/)
    await until(() => asked.length === 1)
    expect(asked[0]?.control?.signal?.aborted).toBe(false)
    gone.abort()
    await refused
    await until(() => asked[0]?.control?.signal?.aborted === true)
  })

  it('that was given up before it was asked is not answered', async () => {
    const gone = new AbortController()
    gone.abort()
    await expect(far.callTool(principal, 'wait_for_event', {}, { signal: gone.signal })).rejects.toThrow(/given up/)
  })

  it('is refused as any other call is, with nothing secret in the refusal', async () => {
    const error = await far.callTool(principal, 'missing', {}, {}).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ERR_NOT_FOUND', hint: 'look elsewhere' })
    expect(JSON.stringify(error)).not.toContain(secret)
    const stranger = createRemoteBackend(client, {
      tokens: { agent: 'tga_wrong' },
      isAgent: true,
      onStreamEnd: () => {},
    }).mcp
    await expect(stranger.callTool(principal, 'wait_for_event', {}, {})).rejects.toMatchObject({
      code: 'ERR_UNAUTHENTICATED',
    })
    expect(asked).toEqual([])
  })

  it('is lost with the owner, so that it is asked again where the home is opened next', async () => {
    const answer = far.callTool(principal, 'wait_for_event', {}, {})
    const lost = expect(answer).rejects.toBeInstanceOf(OwnerLostError)
    await until(() => asked.length === 1)
    await endpoint.close()
    await lost
  })
})
