import { afterEach, describe, expect, it } from 'vitest'
import { cleanUp, freshHome, runCli } from './harness.js'

afterEach(cleanUp)

const steps = [
  'market_data',
  'small_order_filled',
  'fat_finger_refused',
  'large_order_waits',
  'approved',
  'kill_switch',
  'audit_verified',
]

describe('the guided tour', () => {
  it('plays seven steps, each as expected, as JSON lines with a summary last', async () => {
    const result = await runCli(['demo', '--once', '--json'], freshHome())
    const lines = result.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { step: string; ok: boolean; expected: string; observed: unknown; ms: number })
    expect(lines.map((line) => line.step)).toEqual([...steps, 'summary'])
    for (const line of lines) {
      expect(line.ok, `${line.step}: ${JSON.stringify(line.observed)}`).toBe(true)
      expect(typeof line.ms).toBe('number')
      expect(line.expected.length).toBeGreaterThan(0)
    }
    expect(result.code).toBe(0)
  })

  it('tells a person what was asked, what happened and why', async () => {
    const result = await runCli(['demo', '--once'], freshHome())
    for (const word of ['asked', 'happened', 'why', 'RISK_PRICE_COLLAR', 'RISK_HALTED', 'All 7 steps behaved']) {
      expect(result.stdout).toContain(word)
    }
    expect(result.stdout).not.toContain('undefined')
    expect(result.code).toBe(0)
  })
})
