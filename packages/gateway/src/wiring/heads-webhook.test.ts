import { FakeTime, MemoryLog } from '@tidegate/testkit'
import type { HttpRequest } from '@tidegate/trading-model'
import { describe, expect, it } from 'vitest'
import { createHeadsWebhook } from './heads-webhook.js'

/** A receiver that answers as it is told, in turn; then 200. */
function receiver(...answers: readonly (number | 'down')[]) {
  const got: HttpRequest[] = []
  const counted: string[] = []
  const time = new FakeTime()
  const log = new MemoryLog()
  const left = [...answers]
  const webhook = createHeadsWebhook({
    url: 'https://example.test/heads',
    timers: time,
    log,
    metrics: { count: (name) => void counted.push(name), observe() {}, gauge() {} },
    http: {
      send: async (request) => {
        got.push(request)
        const answer = left.shift() ?? 200
        if (answer === 'down') throw new Error('connection refused')
        return { status: answer, headers: {}, body: '' }
      },
    },
  })
  const bodies = () => got.map(({ body }) => body)
  return { webhook, got, bodies, counted, time, log }
}

describe('the webhook for signed heads', () => {
  it('posts each head once, in order, as the line of the file', async () => {
    const { webhook, got, bodies, time } = receiver()
    webhook.post('{"seq":1}\n')
    webhook.post('{"seq":2}\n')
    await time.advance(0)
    expect(bodies()).toEqual(['{"seq":1}', '{"seq":2}'])
    expect(got[0]).toMatchObject({ method: 'POST', url: 'https://example.test/heads' })
  })

  it('tries again after growing pauses until it is taken, counts and logs each failure, and returns at once', async () => {
    const { webhook, bodies, counted, time, log } = receiver('down', 500)
    webhook.post('{"seq":1}\n')
    await time.advance(0)
    expect(bodies()).toHaveLength(1)
    await time.advance(1_000)
    expect(bodies()).toHaveLength(2)
    await time.advance(1_999)
    expect(bodies()).toHaveLength(2)
    await time.advance(1)
    expect(bodies()).toEqual(['{"seq":1}', '{"seq":1}', '{"seq":1}'])
    expect(counted).toEqual([
      'audit_head_post_failures_total',
      'audit_head_post_failures_total',
      'audit_heads_posted_total',
    ])
    expect(JSON.stringify(log.entries)).toContain('audit_head_not_posted')
  })

  it('keeps the newest hundred while nobody answers', async () => {
    const { webhook, bodies, time } = receiver('down')
    for (let seq = 1; seq <= 150; seq++) webhook.post(`{"seq":${seq}}\n`)
    await time.advance(0)
    await time.advance(1_000)
    expect(bodies().at(-1)).toBe('{"seq":150}')
    expect(bodies()).toHaveLength(1 + 100)
  })

  it('sends the newest once more when it closes, and no more after that', async () => {
    const { webhook, bodies, time } = receiver('down', 'down')
    webhook.post('{"seq":1}\n')
    webhook.post('{"seq":2}\n')
    await time.advance(0)
    await webhook.close(100)
    expect(bodies()).toEqual(['{"seq":1}', '{"seq":2}'])
    await time.advance(600_000)
    expect(bodies()).toHaveLength(2)
  })
})
