import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LoadGateway, serve } from './serve.js'

const loadGateway: LoadGateway = () => import('@tidegate/gateway')
const folders: string[] = []
// Loaded beforehand: on a busy machine that takes longer than a test may.
beforeAll(loadGateway, 120_000)
afterEach(() => {
  vi.unstubAllEnvs()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A configuration with two agents. */
function configuration(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-stdio-'))
  folders.push(folder)
  const file = join(folder, 'c.yaml')
  writeFileSync(file, 'agents:\n  momentum: { role: trader }\n  research: { role: viewer }\n')
  vi.stubEnv('TIDEGATE_HOME', join(folder, 'home'))
  return file
}

describe('the agent that a stdio server names itself as', () => {
  it('is an error that lists the agents when it is none of them, before anything is served', async () => {
    const refused = serve(['--config', configuration(), '--agent', 'momentun'], loadGateway)
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      shortMessage: 'there is no agent "momentun": the agents are momentum, research, local',
      hint: 'Did you mean --agent momentum?',
    })
  })

  it('may come from TIDEGATE_AGENT, and the flag wins over it', async () => {
    const file = configuration()
    vi.stubEnv('TIDEGATE_AGENT', 'nobody')
    await expect(serve(['--config', file], loadGateway)).rejects.toThrow(/there is no agent "nobody"/)
    await expect(serve(['--config', file, '--agent', 'somebody'], loadGateway)).rejects.toThrow(
      /there is no agent "somebody"/,
    )
  })

  it('is one of the paper default without a configuration: local alone', async () => {
    configuration()
    await expect(serve(['--agent', 'momentum'], loadGateway)).rejects.toThrow(
      /there is no agent "momentum": the agents are local/,
    )
  })
})
