import { foreign, make } from '../shared/make-element.js'
import { lengthOfTime, utcTime } from '../shared/plain-text.js'
import type { LimitRow } from './limit-rows.js'
import type { ApprovalView } from './ticket-facts.js'
import type { Line } from './ticket-lines.js'
import type { TicketView } from './ticket-model.js'

/** The ticket from top to bottom; `until` stands in the part about the approval, `foot` at the end. */
export function drawTicket(view: TicketView, until: HTMLElement, foot: HTMLElement): readonly (HTMLElement | string)[] {
  const parts: readonly (HTMLElement | false)[] = [
    make(
      'div',
      { class: 'head' },
      make('h1', {}, foreign(view.title)),
      make('span', { class: view.env.isReal ? 'badge live' : 'badge play' }, view.env.word),
    ),
    make(
      'div',
      { class: `standing ${view.standing.tone}`, role: 'status' },
      make('p', {}, make('strong', {}, view.standing.word)),
      make('p', {}, view.standing.sentence),
      view.reasons.length > 0 && make('ul', {}, ...view.reasons.map((reason) => make('li', {}, foreign(reason)))),
    ),
    view.approval !== undefined && approvalPart(view.approval, until),
    make(
      'div',
      { class: 'panes' },
      listPart('What is asked for', view.terms),
      listPart('At worst it costs', view.cost),
      listPart('So far', view.done),
    ),
    limitsPart(view),
    view.venueText !== '' &&
      make('section', {}, make('h2', {}, 'The exchange wrote'), make('blockquote', {}, foreign(view.venueText))),
    view.next !== '' && make('section', {}, make('h2', {}, 'Next'), make('p', {}, foreign(view.next))),
    view.ids.length > 0 && make('details', {}, make('summary', {}, 'Names of this order'), listOf(view.ids)),
    foot,
  ]
  return parts.filter((part) => part !== false)
}

function listPart(title: string, lines: readonly Line[]): HTMLElement | undefined {
  return lines.length === 0 ? undefined : make('section', {}, make('h2', {}, title), listOf(lines))
}

function listOf(lines: readonly Line[]): HTMLElement {
  return make(
    'dl',
    {},
    ...lines.map(({ name, value, isNumber }) =>
      make('div', {}, make('dt', {}, name), make('dd', isNumber ? { class: 'number' } : {}, foreign(value))),
    ),
  )
}

function limitsPart({ limits, limitsNote }: TicketView): HTMLElement {
  const refused = limits.filter((row) => !row.passed).length
  const title =
    limits.length === 0 ? 'What the limits say' : `What the limits say: ${refused} of ${limits.length} said no`
  const words = limitsNote === '' && limits.length === 0 ? 'Nothing is known of the limits yet.' : limitsNote
  return make(
    'section',
    {},
    make('h2', {}, title),
    words !== '' && make('p', { class: 'quiet' }, words),
    limits.length > 0 &&
      make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Limits' }, limitsTable(limits)),
  )
}

function limitsTable(limits: readonly LimitRow[]): HTMLElement {
  return make(
    'table',
    { class: 'limits' },
    make('caption', { class: 'only-heard' }, 'Each limit with what was asked and what is allowed'),
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        ...['Verdict', 'Limit'].map((name) => make('th', { scope: 'col' }, name)),
        ...['Asked', 'Allowed'].map((name) => make('th', { scope: 'col', class: 'number' }, name)),
      ),
    ),
    make(
      'tbody',
      {},
      ...limits.map(({ name, asked, allowed, unit, passed }) =>
        make(
          'tr',
          {},
          make('td', passed ? {} : { class: 'verdict-no' }, passed ? 'passed' : 'said no'),
          make('th', { scope: 'row' }, foreign(name)),
          make('td', { class: 'number' }, foreign(unit === '' ? asked : `${asked} ${unit}`)),
          make('td', { class: 'number' }, foreign(unit === '' ? allowed : `${allowed} ${unit}`)),
        ),
      ),
    ),
  )
}

function approvalPart(approval: ApprovalView, until: HTMLElement): HTMLElement {
  const { isWaiting, approvedBy, command, hash, address } = approval
  const lines: (Node | false)[] = [make('h2', {}, 'Who must approve')]
  if (approvedBy !== '') lines.push(make('p', {}, 'Approved by ', foreign(approvedBy), '.'))
  if (isWaiting) {
    lines.push(
      make(
        'p',
        {},
        'A person with the approver role, with a name and a code of their own. Neither the agent nor this page can.',
      ),
      until,
      command !== '' && make('p', {}, 'At a terminal: ', make('code', {}, foreign(command))),
      address !== '' && make('p', {}, 'Or in a browser, logged in: ', make('code', {}, foreign(address))),
      hash !== '' && make('p', {}, 'They compare this hash: ', make('code', {}, foreign(hash))),
    )
  } else if (approvedBy === '') lines.push(make('p', {}, 'It no longer waits.'))
  return make('section', { class: 'approval' }, ...lines)
}

/** Until when a person may approve, and how long that is from now. */
export function untilWords(expiresAtMs: number | undefined, nowMs: number): string {
  if (expiresAtMs === undefined) return 'Until when is not in this answer.'
  const left = expiresAtMs - nowMs
  return left > 0
    ? `Until ${utcTime(expiresAtMs)}, ${lengthOfTime(left)} from now.`
    : `It was until ${utcTime(expiresAtMs)}.`
}
