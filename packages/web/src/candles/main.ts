import { createHostLink } from '../host/host-link.js'
import { dataAge } from '../shared/data-age.js'
import { applyHostContext, reportSize } from '../shared/follow-host.js'
import { fill, foreign, make } from '../shared/make-element.js'
import { createPageRuntime } from '../shared/page-runtime.js'
import { utcTime } from '../shared/plain-text.js'
import { contentOf, type Fields } from '../shared/read-fields.js'
import { askFills } from './ask-fills.js'
import { candlesTable, fillsTable } from './candle-tables.js'
import { type CandlesView, candlesView, sayCandle, waitingCandles } from './candles-model.js'
import { type Drawing, drawChart } from './draw-chart.js'
import { type FillsView, marksOf, sayFills } from './fills-model.js'

/** Candles change while they form: older than this is called old, ms. */
const OLD_AFTER_MS = 60_000
/** How far Page Up and Page Down go, candles. */
const LEAP = 10
const MAKER = 'https://www.tradingview.com/'

const runtime = createPageRuntime()
const page = document.getElementById('page') ?? document.body
let args: Fields = {}
let capabilities: Promise<Fields> = Promise.resolve({})
let drawing: Drawing | undefined
let showAge = (): void => {}

const link = createHostLink('tidegate-candles', runtime.port, {
  toolInput(given) {
    args = given
    if (!drawing) show(waitingCandles(args), runtime.nowMs())
  },
  toolResult(result) {
    const view = candlesView(contentOf(result), args)
    show(view, runtime.nowMs())
  },
  toolCancelled() {
    show({ ...waitingCandles(args), state: 'refused', notes: ['The call was cancelled before its answer came.'] }, 0)
  },
  contextChanged: (context) => applyHostContext(context, () => drawing?.recolour()),
})

const emptyWords: Readonly<Record<Exclude<CandlesView['state'], 'ready'>, string>> = {
  waiting: 'Waiting for the candles …',
  empty: 'No trade in this time: there are no candles to show.',
  refused: 'There are no candles to show.',
  unreadable: 'The candles cannot be shown.',
}

function show(view: CandlesView, receivedMs: number): void {
  drawing = undefined
  const age = make('p', { class: 'quiet', id: 'age' })
  const isBad = view.state === 'refused' || view.state === 'unreadable'
  const notes = view.notes.map((note) =>
    make('p', { class: isBad || view.isStale ? 'note bad' : 'note' }, foreign(note)),
  )
  const head = make('div', { class: 'head' }, make('h1', {}, foreign(view.title)))
  showAge = () => {
    const found =
      view.asOfMs === undefined && view.ageMs === undefined
        ? undefined
        : dataAge(view, receivedMs, runtime.nowMs(), OLD_AFTER_MS)
    age.textContent =
      view.state === 'waiting' || isBad
        ? ''
        : found === undefined
          ? 'How old this is, is not known.'
          : `${view.asOfMs === undefined ? '' : `As of ${utcTime(view.asOfMs)}, `}${found.words} old${view.source ? `, ${view.source}` : ''}. All times are UTC. ${found.isOld ? 'This page does not follow the market: ask again for newer candles.' : ''}`
    age.dataset['old'] = String(found?.isOld ?? false)
  }
  showAge()
  if (view.state !== 'ready') {
    page.replaceChildren(head, make('p', { role: 'status' }, emptyWords[view.state]), ...notes, age)
    return
  }
  showCandles(view, [head, age, ...notes])
}

function showCandles(view: CandlesView, above: readonly HTMLElement[]): void {
  const last = view.rows.length - 1
  let selected = last
  let fills: FillsView = { state: 'asking', rows: [], note: '' }
  const legend = make('p', { class: 'legend number', 'aria-hidden': 'true' })
  const ownLegend = make('p', { class: 'legend own', 'aria-hidden': 'true' })
  const canvas = make('div', { class: 'canvas', 'aria-hidden': 'true' })
  const chart = make(
    'div',
    {
      class: 'chart',
      tabindex: '0',
      role: 'slider',
      'aria-label': `${view.title}. Arrow keys go from candle to candle.`,
      'aria-valuemin': '1',
      'aria-valuemax': String(view.rows.length),
    },
    canvas,
  )
  const own = make('section', { 'aria-label': 'Your fills' })
  page.replaceChildren(...above, legend, ownLegend, chart, own, candlesTable(view.rows, view.title), attribution())

  const select = (index: number): void => {
    selected = Math.min(last, Math.max(0, index))
    const row = view.rows[selected]
    if (!row) return
    const ownWords = sayFills(fills.rows, row, view.stepS)
    const words = `${sayCandle(row)}${ownWords ? `; you ${ownWords}` : ''}`
    legend.textContent = sayCandle(row)
    ownLegend.textContent = ownWords === '' ? '' : `In this candle you ${ownWords}.`
    chart.setAttribute('aria-valuenow', String(selected + 1))
    chart.setAttribute('aria-valuetext', words)
  }
  const moves: Readonly<Record<string, () => number>> = {
    ArrowLeft: () => selected - 1,
    ArrowRight: () => selected + 1,
    PageUp: () => selected + LEAP,
    PageDown: () => selected - LEAP,
    Home: () => 0,
    End: () => last,
  }
  chart.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    select(move())
    drawing?.point(selected)
  })
  drawing = drawChart(canvas, view, (index) => select(index ?? selected))
  select(last)
  const mine = drawing

  const showFills = (found: FillsView): void => {
    fills = found
    mine.mark(marksOf(found.rows, view.rows, view.stepS))
    fill(
      own,
      make('h2', {}, found.rows.length === 0 ? 'Your fills' : `Your fills: ${found.rows.length}`),
      found.state === 'asking' && make('p', { class: 'quiet', role: 'status' }, 'Asking for your fills …'),
      found.state === 'known' && found.rows.length === 0 && make('p', { class: 'quiet' }, 'None in this time.'),
      found.note !== '' && make('p', { class: 'note' }, foreign(found.note)),
      found.rows.length > 0 && fillsTable(found.rows),
    )
    select(selected)
  }
  showFills(fills)
  void capabilities
    .then((can) => askFills(link, can, view))
    .then((found) => {
      if (drawing === mine) showFills(found)
    })
}

/** The charting library asks for this notice and this link; the host opens it, a frame cannot. */
function attribution(): HTMLElement {
  const anchor = make('a', {}, MAKER)
  anchor.href = MAKER
  anchor.addEventListener('click', (event) => {
    event.preventDefault()
    void link.request('ui/open-link', { url: MAKER }).catch(() => {})
  })
  return make('footer', {}, 'Charts: TradingView Lightweight Charts™, © TradingView, Inc. ', anchor)
}

show(waitingCandles({}), runtime.nowMs())
runtime.every(1_000, () => showAge())
reportSize(link)
capabilities = link.connect()
capabilities.catch(() => {
  if (!drawing) show({ ...waitingCandles(args), state: 'refused', notes: ['The host does not speak to this page.'] }, 0)
})
