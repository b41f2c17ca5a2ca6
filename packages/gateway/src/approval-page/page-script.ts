/**
 * What the page does. It keeps nothing: token and code stand in their fields, go into one request each, and leave with the page. All it
 * shows is put there as text. It talks to the door it came from and to nobody else.
 *
 * Plain script text, because its hash is the page's policy and it runs as it stands here.
 */
export const pageScript = `
'use strict'
const at = (id) => document.getElementById(id)
const intentId = decodeURIComponent(location.pathname.split('/').pop())
const door = new URL('../approvals', location.href)
let order, endsAt, timer, busy = false, over = false

const say = (text, kind = 'plain') => {
  const box = at('message')
  box.dataset.kind = kind
  box.textContent = text
  box.hidden = text === ''
}

const clock = (ms) => new Date(Date.now() + ms).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

async function ask(path, body) {
  const answer = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: 'Bearer ' + at('token').value.trim(), ...(body ? { 'content-type': 'application/json' } : {}) },
    credentials: 'omit', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer',
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const wait = Number(answer.headers.get('retry-after') || 0) * 1000
  return { status: answer.status, wait, ...(await answer.json()) }
}

/** One sentence for whatever the door refused. */
function why({ status, wait, error = {} }) {
  if (status === 401) return 'This token is not valid here. Paste the whole token, without spaces.'
  if (status === 404) return 'This token may not decide about orders, or there is no such order.'
  if (status === 503) return 'The gateway is starting or closing. Nothing was decided; try again in a moment.'
  if (error.code === 'ERR_CALL_RATE') return 'Too many tries in a minute. Nothing was decided; try again at ' + clock(wait) + '.'
  if (error.why === 'not_approver' && /needs (a name|somebody else)/.test(error.message)) return 'With the operator’s token an approval needs the name you are enrolled under, and your code. Nothing was decided.'
  return {
    expired: 'Too late: nobody decided in time, so the order was withdrawn. Nothing was sent.',
    decided: 'Somebody decided before you. Your answer changed nothing.',
    over: 'The order is over: it was withdrawn. Your answer changed nothing.',
    terms: 'The order is not the one shown here any more. Nothing was decided; press Show the order again.',
    requester: 'You asked for this order, so somebody else has to approve it. Nothing was decided.',
    code_missing: 'An approval needs the six digits of your authenticator. Nothing was decided.',
    code_wrong: 'Wrong code. Nothing was decided; type the code that your authenticator shows now.',
    code_used: 'This code was used before. Nothing was decided; wait for the next one.',
    locked: 'Too many wrong codes: you are locked until ' + clock(wait) + '. You may still deny.',
  }[error.why] || 'Refused, and nothing was decided: ' + (error.message || 'status ' + status)
}

function end(text, kind) {
  over = true
  clearInterval(timer)
  at('decide').hidden = true
  at('time').textContent = ''
  for (const id of ['code', 'token']) at(id).value = ''
  say(text, kind)
  at('message').focus()
}

/** The order is decided or over, whoever did it. */
function standing(row) {
  const by = row.decided_by ? ' by ' + row.decided_by : ''
  if (row.decision === 'approved') return 'Approved' + by + '. The order is ' + row.state + '.'
  if (row.decision === 'denied') return 'Denied' + by + '. Nothing was sent.'
  if (row.state === 'APPROVAL_EXPIRED' || row.expires_in_ms <= 0) return 'Too late: nobody decided in time, so the order was withdrawn. Nothing was sent.'
  return row.state === 'AWAITING_APPROVAL' ? undefined : 'The order is over: it is ' + row.state + '.'
}

/** Every term is shown, whatever its shape. */
function worded(name, value) {
  if (name.endsWith('_ms')) return new Date(value).toISOString()
  if (Array.isArray(value)) return value.map((item) => Array.isArray(item) ? item.join(' × ') : worded('', item)).join('; ')
  if (typeof value === 'object' && value !== null) return Object.entries(value).map(([key, inner]) => key.replaceAll('_', ' ') + ' ' + worded(key, inner)).join(', ')
  return String(value)
}

function fact(name, value) {
  if (value === undefined || value === null || value === '') return
  const [term, definition] = [document.createElement('dt'), document.createElement('dd')]
  term.textContent = name[0].toUpperCase() + name.slice(1)
  definition.textContent = String(value)
  at('facts').append(term, definition)
}

function show(row) {
  order = row
  const { terms, limits = {}, price_band: band } = row
  const asset = row.product_id.split('-')[0], money = row.product_id.split('-').slice(1).join('-')
  const size = terms.base_size, quote = terms.quote_size
  const amount = size !== undefined ? size + ' ' + asset : quote !== undefined ? asset + ' for ' + quote + ' ' + money : asset
  at('wish').textContent = row.side + ' ' + amount
  at('facts').replaceChildren()
  fact('Environment', row.environment + (row.environment === 'production' ? ' (real money)' : ' (no real money)'))
  fact('Asked for by', row.requested_by)
  fact('Kind', row.kind === 'order' ? undefined : row.kind)
  fact('Product', row.product_id)
  for (const [name, value] of Object.entries(terms)) {
    if (!['product_id', 'side', 'base_size', 'quote_size'].includes(name)) fact(name.replace(/_ms$/, '').replaceAll('_', ' '), worded(name, value))
  }
  fact('Worth at worst', row.worst_notional_usd + ' USD')
  fact('Worst price', limits.worst_price && limits.worst_price + ' ' + money)
  fact('Fee', limits.fee && limits.fee + ' ' + money)
  fact('Price band', band && band.low + ' to ' + band.high)
  fact('Limits', limits.verdict === 'denied' ? 'would refuse it now: ' + limits.denials.map((denial) => denial.message).join('; ') : limits.verdict)
  fact('Account', row.account)
  fact('Hash begins with', row.terms_hash_prefix)
  fact('Asked for at', row.requested_at)
  at('order').hidden = false
  const done = standing(row)
  if (done) return end(done, row.decision === 'approved' ? 'good' : 'bad')
  endsAt = performance.now() + row.expires_in_ms
  at('decide').hidden = false
  at('log-in').hidden = true
  clearInterval(timer)
  timer = setInterval(tick, 1000)
  tick()
  say('')
  at('code').focus()
}

/** The time that is left, told aloud only when it begins to run out. */
function tick() {
  const left = Math.ceil((endsAt - performance.now()) / 1000)
  if (left <= 0) return end('Too late: nobody decided in time, so the order was withdrawn. Nothing was sent.', 'bad')
  at('time').textContent = 'Time left: ' + left + ' s'
  if (left === 30) say('30 seconds left.')
}

async function load() {
  if (busy) return
  if (at('token').value.trim() === '') return say('Paste a token first.', 'bad'), at('token').focus()
  busy = true
  over = false
  say('Asking the gateway …')
  try {
    const answer = await ask(door + '?intent_id=' + encodeURIComponent(intentId))
    const [row] = answer.ok ? answer.approvals : []
    if (!answer.ok) say(why(answer), 'bad')
    else if (!row) say('There is no such order here.', 'bad')
    else show(row)
  } catch {
    say('The gateway does not answer. Nothing was decided; try again.', 'bad')
  } finally {
    busy = false
  }
}

async function decide(decision) {
  if (busy || over) return
  const code = at('code').value.replaceAll(' ', ''), name = at('name').value.trim()
  if (decision === 'approved' && code !== '' && !/^[0-9]{6}$/.test(code)) return say('A code is six digits. Nothing was decided.', 'bad'), at('code').focus()
  busy = true
  for (const id of ['approve', 'deny']) at(id).disabled = true
  say('Asking the gateway …')
  try {
    const answer = await ask(door + '/' + encodeURIComponent(intentId), {
      decision, terms_hash: order.terms_hash_prefix,
      ...(name === '' ? {} : { name }), ...(decision === 'approved' && code !== '' ? { code } : {}),
    })
    at('code').value = ''
    if (answer.ok && decision === 'approved') end('Approved by ' + answer.by + '. The order is ' + answer.intent.state + '.', 'good')
    else if (answer.ok) end('Denied by ' + answer.by + '. Nothing was sent.', 'good')
    else if (['expired', 'decided', 'over'].includes(answer.error && answer.error.why)) end(why(answer), 'bad')
    else {
      // What has to be changed above is shown again.
      if (['terms', 'not_approver'].includes(answer.error && answer.error.why) || answer.status === 401) at('log-in').hidden = false
      say(why(answer), 'bad')
      at('code').focus()
    }
  } catch {
    say('No answer came: it may have been decided or not. Press Show the order to see.', 'bad')
    at('log-in').hidden = false
    at('show').focus()
  } finally {
    busy = false
    for (const id of ['approve', 'deny']) at(id).disabled = false
  }
}

const onEnter = (id, run) => at(id).addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.isComposing) event.preventDefault(), run()
})
at('host').textContent = location.host
at('intent').textContent = intentId
at('show').addEventListener('click', load)
at('approve').addEventListener('click', () => decide('approved'))
at('deny').addEventListener('click', () => decide('denied'))
onEnter('token', load)
onEnter('name', load)
onEnter('code', () => decide('approved'))
addEventListener('pagehide', () => { for (const id of ['token', 'code', 'name']) at(id).value = '' })
`
