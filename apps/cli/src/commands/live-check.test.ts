import { describe, expect, it } from 'vitest'
import { createProgram } from '../program.js'

const run = (...args: string[]) => createProgram().parseAsync(['node', 'tidegate', 'live-check', ...args])

describe('tidegate live-check', () => {
  it('sends nothing unless it is asked for by name', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' })
  })

  it('refuses outside production, where there is nothing live to ask', async () => {
    await expect(run('--yes-read-only', '--environment', 'paper')).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' })
  })
})
