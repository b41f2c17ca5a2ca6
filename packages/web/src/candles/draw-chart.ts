import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
  type IChartApi,
  type UTCTimestamp,
} from 'lightweight-charts'
import { readColour, withAlpha } from '../shared/read-colours.js'
import type { CandlesView } from './candles-model.js'
import { type MarkAt, markLayer } from './draw-marks.js'
import type { FillMark } from './fills-model.js'

/** A drawn chart. */
export interface Drawing {
  /** Marks one's own fills. */
  mark(marks: readonly FillMark[]): void
  /** Puts the cross-hair on a candle. */
  point(index: number): void
  /** Takes the colours of the page again. */
  recolour(): void
}

/**
 * Draws candles and their volume. Rising candles are hollow and falling ones filled, so that colour is not all that tells.
 * The library makes the few numbers beside the price axis from where they stand; every number of the data is text elsewhere.
 *
 * @param pointed - Called with the index of the candle under the pointer, `undefined` when it leaves.
 */
export function drawChart(
  holder: HTMLElement,
  view: CandlesView,
  pointed: (index: number | undefined) => void,
): Drawing {
  const chart = createChart(holder, {
    autoSize: true,
    // The attribution stands under the chart as text: the logo would bring a style sheet of its own, which the policy forbids.
    layout: { attributionLogo: false, fontSize: 11 },
    crosshair: { mode: CrosshairMode.Magnet, horzLine: { labelVisible: false } },
    timeScale: { timeVisible: view.stepS < 86_400, secondsVisible: false },
    // Turning the wheel over a picture in a conversation means the conversation.
    handleScroll: { mouseWheel: false, vertTouchDrag: false },
    handleScale: { mouseWheel: false },
  })
  const smallest = 10 ** -view.places
  const prices = chart.addSeries(CandlestickSeries, {
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: {
      type: 'custom',
      minMove: smallest,
      formatter: (price: number) => price.toFixed(Math.min(view.places, 20)),
    },
  })
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    lastValueVisible: false,
    priceLineVisible: false,
  })
  prices.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.26 } })
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } })
  const rowAt = new Map(view.rows.map((row) => [row.startS, row]))
  let marks: readonly MarkAt[] = []
  let style = { buy: '', sell: '', back: '', font: '' }
  prices.attachPrimitive(
    markLayer(
      chart,
      prices,
      () => marks,
      () => style,
    ),
  )

  const recolour = (): void => {
    const [back, text, line, up, down] = ['--back', '--text-2', '--line', '--good', '--bad'].map(readColour) as string[]
    colourChart(chart, { back, text, line })
    const font = `11px ${getComputedStyle(document.body).fontFamily}`
    style = { buy: up ?? '', sell: down ?? '', back: back ?? '', font }
    prices.applyOptions({
      upColor: back ?? '',
      borderUpColor: up ?? '',
      wickUpColor: up ?? '',
      downColor: down ?? '',
      borderDownColor: down ?? '',
      wickDownColor: down ?? '',
    })
    prices.setData(view.rows.map(({ startS, at }) => ({ time: startS as UTCTimestamp, ...at })))
    volumes.setData(
      view.rows.map(({ startS, volumeAt, isUp }) => ({
        time: startS as UTCTimestamp,
        value: volumeAt,
        color: withAlpha((isUp ? up : down) ?? '', 0.45),
      })),
    )
  }
  chart.subscribeCrosshairMove(({ time, logical }) => {
    pointed(time === undefined || logical === undefined ? undefined : Math.round(logical))
  })
  recolour()
  // Half a candle of room on both sides, or the first and the last one are cut.
  chart.timeScale().setVisibleLogicalRange({ from: -0.7, to: view.rows.length - 0.3 })
  return {
    mark(given) {
      marks = given.map((mark) => {
        const at = rowAt.get(mark.startS)?.at
        return { mark, price: (mark.side === 'BUY' ? at?.low : at?.high) ?? 0 }
      })
      recolour()
    },
    point(index) {
      const row = view.rows[index]
      if (row) chart.setCrosshairPosition(row.at.close, row.startS as UTCTimestamp, prices)
    },
    recolour,
  }
}

type Colours = Readonly<Record<'back' | 'text' | 'line', string | undefined>>

function colourChart(chart: IChartApi, { back = '', text = '', line = '' }: Colours): void {
  const faint = withAlpha(line, 0.5)
  chart.applyOptions({
    layout: { background: { type: ColorType.Solid, color: back }, textColor: text },
    grid: { vertLines: { color: faint }, horzLines: { color: faint } },
    rightPriceScale: { borderColor: line },
    timeScale: { borderColor: line },
    crosshair: { vertLine: { color: text, labelBackgroundColor: text }, horzLine: { color: text } },
  })
}
