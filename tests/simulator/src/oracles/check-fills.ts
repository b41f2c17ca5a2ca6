import type { Fill, Journal } from '@tidegate/trading-model'
import type { Bench } from './judge.js'

/** Every recorded execution is one of the exchange's, to the last digit, and none is recorded twice (I6). */
export function checkFills({ blame, exchange, shadow }: Bench, _args: readonly unknown[], result: unknown): void {
  const added = result as Awaited<ReturnType<Journal['recordFills']>>
  const theirs = exchange.engine.state.fills
  for (const fill of added) {
    const real = theirs.find((each) => each.tradeId === fill.tradeId && each.orderId === fill.orderId)
    if (!real) blame('I6', `execution ${fill.tradeId} of order ${fill.orderId} is recorded, the exchange knows none`)
    else if (!agree(fill, real))
      blame('I6', `execution ${fill.tradeId} is recorded as ${said(fill)}, it was ${said(real)}`)
  }
  const keys = new Set(added.map((fill) => `${fill.orderId} ${fill.tradeId}`))
  if (keys.size !== added.length || shadow.fills.size > theirs.length) blame('I6', 'an execution was recorded twice')
}

type Compared = Pick<Fill, 'side' | 'price' | 'baseSize' | 'fee'>

function agree(a: Compared, b: Compared): boolean {
  return a.side === b.side && a.price.eq(b.price) && a.baseSize.eq(b.baseSize) && a.fee.eq(b.fee)
}

function said({ side, price, baseSize, fee }: Compared): string {
  return `${side} ${baseSize.toFixed()} at ${price.toFixed()}, fee ${fee.toFixed()}`
}
