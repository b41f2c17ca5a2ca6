import { FakeTime } from '@tidegate/testkit'
import { describe, expect, it } from 'vitest'
import { createTokenBucket } from './token-bucket.js'

/** Timers go on evenly, as they do on a machine whose clock is set. */
function machine() {
  const time = new FakeTime()
  let offsetMs = 0
  return {
    time,
    clock: { nowMs: () => time.nowMs() + offsetMs },
    step: (ms: number) => {
      offsetMs += ms
    },
  }
}

describe('a token bucket on a clock that steps back', () => {
  it('ends a pause after twice its length at most, not when the clock shows the old time again', async () => {
    const { time, clock, step } = machine()
    const bucket = createTokenBucket({ clock, timers: time }, 10, 0.2)
    let left = false
    bucket.pause(2_000)
    void bucket.take(1, true).then(() => {
      left = true
    })
    await time.advance(500)
    step(-600_000)
    await time.advance(3_600)
    expect(left).toBe(true)
  })

  it('still keeps the pause while it lasts', async () => {
    const { time, clock, step } = machine()
    const bucket = createTokenBucket({ clock, timers: time }, 10, 0.2)
    let left = false
    step(-600_000)
    bucket.pause(2_000)
    void bucket.take(1, true).then(() => {
      left = true
    })
    await time.advance(1_900)
    expect(left).toBe(false)
  })
})
