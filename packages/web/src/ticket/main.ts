import { createHostLink } from '../host/host-link.js'
import { applyHostContext, reportSize } from '../shared/follow-host.js'
import { make } from '../shared/make-element.js'
import { createPageRuntime } from '../shared/page-runtime.js'
import { lengthOfTime, plainText, utcTime } from '../shared/plain-text.js'
import { asRecord, contentOf, type Fields } from '../shared/read-fields.js'
import { refusalOf } from '../shared/refusal.js'
import { drawTicket, untilWords } from './draw-ticket.js'
import { noFacts, type TicketFacts } from './ticket-facts.js'
import { ticketView } from './ticket-model.js'

const runtime = createPageRuntime()
const page = document.getElementById('page') ?? document.body
const age = make('p', { class: 'quiet', id: 'age' })
const until = make('p', { id: 'until' })
const asking = make('p', { class: 'quiet', role: 'status' })
const again = make('button', { type: 'button' }, 'Read its state again')
const foot = make('div', { class: 'foot' }, again, age, asking)

let facts: TicketFacts = noFacts
let knownAtMs: number | undefined
let mayAsk = false
let drawn = ''

const link = createHostLink('tidegate-order-ticket', runtime.port, {
  toolInput: (args) => change({ args }),
  toolResult: (result) => {
    knownAtMs = runtime.nowMs()
    change({
      content: contentOf(result),
      beside: asRecord(asRecord(result['_meta'])['tidegate/page']),
      order: {},
      isAnswered: true,
    })
  },
  toolCancelled: () => change({ isCancelled: true }),
  contextChanged: (context) => applyHostContext(context, () => {}),
})

function change(part: Partial<TicketFacts>): void {
  facts = { ...facts, ...part }
  show()
}

/** Draws what has changed and leaves the rest alone: focus and open parts stay, and nothing is read out twice. */
function show(): void {
  const nowMs = runtime.nowMs()
  const view = ticketView(facts, nowMs)
  age.textContent = ageWords(nowMs, view.marketAgeMs)
  until.textContent = untilWords(view.approval?.expiresAtMs, nowMs)
  again.hidden = !mayAsk || view.orderId === ''
  const text = JSON.stringify(view)
  if (text === drawn) return
  drawn = text
  const isFocused = document.activeElement === again
  const wasOpen = page.querySelector('details')?.open ?? false
  page.replaceChildren(...drawTicket(view, until, foot))
  const details = page.querySelector('details')
  if (details) details.open = wasOpen
  if (isFocused) again.focus()
}

function ageWords(nowMs: number, marketAgeMs: number | undefined): string {
  if (knownAtMs === undefined) return ''
  const since = nowMs - knownAtMs
  const prices = marketAgeMs === undefined ? '' : ` Judged at prices ${lengthOfTime(marketAgeMs)} old.`
  const read = `As it stood ${utcTime(knownAtMs)}, ${lengthOfTime(since)} ago.`
  return `${read}${prices} This page does not follow the order by itself.`
}

async function readAgain(orderId: string): Promise<void> {
  asking.textContent = 'Reading …'
  again.disabled = true
  try {
    const content: Fields = contentOf(
      await link.request('tools/call', { name: 'get_orders', arguments: { order_id: orderId } }),
    )
    const refusal = refusalOf(content)
    const state = plainText(content['state'], 40)
    if (refusal) asking.textContent = refusal.join(' ')
    else if (state === '') asking.textContent = 'The answer holds no state that this page can read.'
    else {
      asking.textContent = `Read: ${state}.`
      knownAtMs = runtime.nowMs()
      change({ order: content })
    }
  } catch (error) {
    asking.textContent = error instanceof Error ? `${error.message}.` : 'The host refused.'
  }
  again.disabled = false
}

again.addEventListener('click', () => void readAgain(ticketView(facts, runtime.nowMs()).orderId))
show()
runtime.every(1_000, show)
reportSize(link)
link.connect().then(
  (capabilities) => {
    mayAsk = capabilities['serverTools'] !== undefined
    show()
  },
  () => {
    asking.textContent = 'The host does not speak to this page.'
  },
)
