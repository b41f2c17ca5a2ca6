import type { IChartApi, ISeriesApi, ISeriesPrimitive, SeriesType, Time, UTCTimestamp } from 'lightweight-charts'
import type { FillMark } from './fills-model.js'
import { ARROW_PX, LABEL_PX, placeLabels } from './place-labels.js'

/** What a mark is drawn with. */
export interface MarkStyle {
  readonly buy: string
  readonly sell: string
  readonly back: string
  readonly font: string
}

/** A mark and the candle's end that it points at. */
export interface MarkAt {
  readonly mark: FillMark
  /** Low of the candle for a buy, high for a sell. */
  readonly price: number
}

type Draws = Parameters<
  NonNullable<
    ReturnType<NonNullable<ReturnType<NonNullable<ISeriesPrimitive['paneViews']>>[number]>['renderer']>
  >['draw']
>[0]

/** Arrows with size and price on the candles of one's own fills; `marks` and `style` are asked for at every drawing. */
export function markLayer(
  chart: IChartApi,
  series: ISeriesApi<SeriesType>,
  marks: () => readonly MarkAt[],
  style: () => MarkStyle,
): ISeriesPrimitive<Time> {
  const draw = (target: Draws): void =>
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const { buy, sell, back, font } = style()
      context.font = font
      context.textBaseline = 'middle'
      const seen = marks().flatMap(({ mark, price }) => {
        const x = chart.timeScale().timeToCoordinate(mark.startS as UTCTimestamp)
        const end = series.priceToCoordinate(price)
        if (x === null || end === null) return []
        const y = end + (mark.side === 'BUY' ? 4 : -4)
        return [{ mark, x, y, width: context.measureText(mark.label).width + 8, side: mark.side }]
      })
      const places = placeLabels(seen, mediaSize)
      for (const [index, { mark, x, y, side, width }] of seen.entries()) {
        const colour = side === 'BUY' ? buy : sell
        context.fillStyle = colour
        arrow(context, x, y, side)
        const place = places[index]
        if (!place) continue
        context.beginPath()
        context.roundRect(place.left, place.top, width, LABEL_PX, 3)
        context.fillStyle = back
        context.fill()
        context.strokeStyle = colour
        context.stroke()
        context.fillStyle = colour
        context.fillText(mark.label, place.left + 4, place.top + LABEL_PX / 2)
      }
    })
  return { paneViews: () => [{ zOrder: () => 'top', renderer: () => ({ draw }) }] }
}

function arrow(context: CanvasRenderingContext2D, x: number, y: number, side: 'BUY' | 'SELL'): void {
  const away = side === 'BUY' ? 1 : -1
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(x - 5, y + away * 7)
  context.lineTo(x - 2, y + away * 7)
  context.lineTo(x - 2, y + away * ARROW_PX)
  context.lineTo(x + 2, y + away * ARROW_PX)
  context.lineTo(x + 2, y + away * 7)
  context.lineTo(x + 5, y + away * 7)
  context.fill()
}
