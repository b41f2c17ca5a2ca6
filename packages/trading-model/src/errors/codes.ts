/** What each code means, what to do, and how it looks over HTTP. Feeds `docs/errors.md`, tool results and metric labels. */
export interface CodeEntry {
  readonly meaning: string
  readonly advice: string
  /** May the same call be sent again as it is? */
  readonly retry: 'never' | 'after-fix' | 'later' | 'reconcile'
  readonly httpStatus: number
}

/** Faults: thrown. */
export const errorCodes = {
  ERR_CONFIG_MISSING: {
    meaning: 'A setting that this environment needs is absent.',
    advice: 'Set it in the file or the environment and start again.',
    retry: 'after-fix',
    httpStatus: 500,
  },
  ERR_CONFIG_INVALID: {
    meaning: 'A setting has a value that makes no sense.',
    advice: 'Correct the named key and start again.',
    retry: 'after-fix',
    httpStatus: 500,
  },
  ERR_INPUT_INVALID: {
    meaning: 'An argument is missing, malformed or contradicts another.',
    advice: 'Correct the named fields and call again; nothing was sent.',
    retry: 'after-fix',
    httpStatus: 400,
  },
  ERR_PERMISSION: {
    meaning: 'This principal may not do that.',
    advice: 'Ask the owner of this server for a role that includes the permission.',
    retry: 'never',
    httpStatus: 403,
  },
  ERR_LIMIT_LOOSER: {
    meaning: 'A conversation may tighten limits and never loosen them; nothing of the call was taken over.',
    advice: 'Leave the named limits out. A person changes the file and agrees with tidegate policy loosen.',
    retry: 'after-fix',
    httpStatus: 403,
  },
  ERR_UNAUTHENTICATED: {
    meaning: 'No valid token came with the request.',
    advice: 'Send `Authorization: Bearer <token>` with the token printed at start.',
    retry: 'after-fix',
    httpStatus: 401,
  },
  ERR_CALL_RATE: {
    meaning: 'This principal has made as many calls as it may in a minute.',
    advice: 'Wait as long as the answer says; cancels and halts are always let through.',
    retry: 'later',
    httpStatus: 429,
  },
  ERR_NOT_FOUND: {
    meaning: 'Nothing has that name here.',
    advice: 'List what exists and use one of those names.',
    retry: 'after-fix',
    httpStatus: 404,
  },
  ERR_VENUE_AUTH: {
    meaning: 'The venue did not accept our key.',
    advice: 'Check key, permissions, IP allow-list and clock.',
    retry: 'after-fix',
    httpStatus: 502,
  },
  ERR_VENUE_RATE_LIMIT: {
    meaning: 'The venue asks us to slow down.',
    advice: 'Wait, then read again; an order command is unknown until reconciled.',
    retry: 'later',
    httpStatus: 429,
  },
  ERR_VENUE_REJECTED: {
    meaning: 'The venue said no; nothing is live.',
    advice: 'Read the reason, change the order.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  ERR_VENUE_OUTCOME_UNKNOWN: {
    meaning: 'The request was sent and no verdict came back; it may be live.',
    advice: 'Do not send it again. Ask for its status until it is resolved.',
    retry: 'reconcile',
    httpStatus: 202,
  },
  ERR_VENUE_NOT_SENT: {
    meaning: 'The request failed before its first byte left.',
    advice: 'Try again.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_VENUE_PROTOCOL: {
    meaning: 'The venue answered with something we do not understand.',
    advice: 'Read again; if it stays, the venue changed its interface.',
    retry: 'later',
    httpStatus: 502,
  },
  ERR_VENUE_UNAVAILABLE: {
    meaning: 'The venue does not serve this here.',
    advice: 'Use the paper environment, or another resource.',
    retry: 'never',
    httpStatus: 501,
  },
  ERR_DATA_STALE: {
    meaning: 'Market data is older than its bound or its stream is broken.',
    advice: 'Wait for fresh data; cancels still work.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_STORE_BUSY: {
    meaning: 'The store is locked by somebody else.',
    advice: 'Try again; if it stays, look who owns this home.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_STORE_LEASE_LOST: {
    meaning: 'Another process took over the work.',
    advice: 'Try again through the new owner.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_STORE_MIGRATION: {
    meaning: 'The store has a schema this version does not know.',
    advice: 'Use the newer version, or restore a backup.',
    retry: 'never',
    httpStatus: 500,
  },
  ERR_STORE_CORRUPT: {
    meaning: 'The store failed its own checks.',
    advice: 'Stop trading, keep the files, restore a backup.',
    retry: 'never',
    httpStatus: 500,
  },
  ERR_STORE_FOREIGN: {
    meaning: 'The store belongs to another environment or machine.',
    advice: 'Point TIDEGATE_HOME at the right folder.',
    retry: 'never',
    httpStatus: 500,
  },
  ERR_STORE_IO: {
    meaning: 'The store could not be read or written: disk full, read-only, closed, or an I/O error.',
    advice: 'Look at the disk; new orders stop until it works, cancels go on.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_HOME_OWNED: {
    meaning: 'Another process owns this home.',
    advice: 'Attach to it, or stop it.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_NOT_READY: {
    meaning: 'The gateway is still reconciling with the venue.',
    advice: 'Try again in a moment; reads and cancels work.',
    retry: 'later',
    httpStatus: 503,
  },
  ERR_IDEMPOTENCY_CONFLICT: {
    meaning: 'This client_order_id was used for other terms.',
    advice: 'Use a new client_order_id for a new order.',
    retry: 'after-fix',
    httpStatus: 409,
  },
  ERR_APPROVAL_REFUSED: {
    meaning:
      'This verdict cannot be taken: decided before, over, too late, or the order is not the one that was shown.',
    advice: 'List what waits, read it again, and give the hash that stands there.',
    retry: 'after-fix',
    httpStatus: 409,
  },
  ERR_APPROVAL_CODE: {
    meaning: 'An approval came without a code of the approver’s authenticator, or with a wrong or used one.',
    advice: 'Wait for the next code and give that; five wrong ones lock the approver.',
    retry: 'after-fix',
    httpStatus: 403,
  },
  ERR_APPROVAL_LOCKED: {
    meaning: 'Five wrong codes: this approver is locked out for fifteen minutes.',
    advice: 'Wait, or let another approver decide; denying needs no code.',
    retry: 'later',
    httpStatus: 429,
  },
  ERR_INVARIANT: {
    meaning: 'A bug: something that cannot be, is.',
    advice: 'Stop, keep the logs, report it.',
    retry: 'never',
    httpStatus: 500,
  },
} as const satisfies Record<string, CodeEntry>

export type ErrorCode = keyof typeof errorCodes

/** Refusals by our own rules: returned as values, with numbers. */
export const denialCodes = {
  INSUFFICIENT_FUNDS: {
    meaning: 'The wallet does not cover the order with its fee and what is already reserved.',
    advice: 'Make it smaller or cancel something.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  INVALID_ORDER_SIZE: {
    meaning: 'The size is off the product’s increment or outside its minimum and maximum.',
    advice: 'Use the size named in the cure.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  INVALID_PRICE: {
    meaning: 'A price is off the product’s increment or contradicts the stop.',
    advice: 'Use the price named in the cure.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  PRODUCT_NOT_FOUND: {
    meaning: 'The venue lists no such product.',
    advice: 'List products and use one of those ids.',
    retry: 'after-fix',
    httpStatus: 404,
  },
  PRODUCT_NOT_TRADABLE: {
    meaning: 'The product does not accept this order now.',
    advice: 'Look at its trading status and wait.',
    retry: 'later',
    httpStatus: 422,
  },
  ORDER_NOT_FOUND: {
    meaning: 'No such order.',
    advice: 'List orders and use one of those ids.',
    retry: 'after-fix',
    httpStatus: 404,
  },
  ORDER_NOT_OPEN: {
    meaning: 'The order to change is over, not yet at the venue, in doubt, or about to be cancelled.',
    advice: 'Read its state; place a new order if it still makes sense.',
    retry: 'after-fix',
    httpStatus: 409,
  },
  EDIT_IN_PROGRESS: {
    meaning: 'Another change of this order is under way, and there may be only one at a time.',
    advice: 'Wait until it is settled, then ask again.',
    retry: 'later',
    httpStatus: 409,
  },
  EDIT_NOT_POSSIBLE: {
    meaning: 'This order cannot be changed: nothing of it rests, or somebody placed it outside Tidegate.',
    advice: 'Cancel it and place a new one.',
    retry: 'never',
    httpStatus: 422,
  },
  EDIT_NO_CHANGE: {
    meaning: 'The order has these terms already.',
    advice: 'Nothing needs to be done.',
    retry: 'after-fix',
    httpStatus: 409,
  },
  RISK_MAX_ORDER_VALUE: {
    meaning: 'The order is worth more than one order may be.',
    advice: 'Make it smaller.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_MAX_ORDER_SIZE: {
    meaning: 'The order is larger than the policy allows for this product.',
    advice: 'Make it smaller.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_POSITION_LIMIT: {
    meaning: 'Position size limit exceeded',
    advice: 'Make it smaller or reduce the position first.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_ORDER_RATE: {
    meaning: 'Order rate limit exceeded',
    advice: 'Wait until the minute has passed.',
    retry: 'later',
    httpStatus: 429,
  },
  RISK_DAILY_LOSS: {
    meaning: 'Daily loss limit reached',
    advice: 'Only orders that reduce exposure pass until the UTC day ends.',
    retry: 'later',
    httpStatus: 422,
  },
  RISK_DRAWDOWN: {
    meaning: 'The portfolio has fallen too far from its peak of the last days.',
    advice: 'Only orders that reduce exposure pass until it recovers or the peak is out of the window.',
    retry: 'later',
    httpStatus: 422,
  },
  RISK_DAILY_VALUE: {
    meaning: 'The orders of this UTC day that add exposure would be worth more than they may be.',
    advice: 'Make it smaller or wait until the UTC day ends.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_OPEN_ORDERS: {
    meaning: 'Too many orders that add exposure are open, or together they are worth too much.',
    advice: 'Cancel one of them or make this one smaller.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_DUPLICATE_ORDER: {
    meaning: 'The same order was placed a moment ago under another key.',
    advice: 'Look whether you wanted it twice; if so, wait and place it again.',
    retry: 'later',
    httpStatus: 409,
  },
  RISK_REPEATED_ENTRY: {
    meaning: 'The same side of the same book was entered too often in a short time.',
    advice: 'Check for a loop that buys again after each fill.',
    retry: 'later',
    httpStatus: 429,
  },
  RISK_PRICE_JUMP: {
    meaning: 'The price has moved further within moments than the policy takes for real.',
    advice: 'Wait until the price has settled, or reduce exposure.',
    retry: 'later',
    httpStatus: 503,
  },
  RISK_SELF_MATCH: {
    meaning: 'The order would trade with an order of the same account.',
    advice: 'Cancel the other order first or choose a price that does not cross it.',
    retry: 'after-fix',
    httpStatus: 409,
  },
  RISK_PRICE_COLLAR: {
    meaning: 'The price is too far from the market.',
    advice: 'Check the price for a typing error.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_NO_LIQUIDITY: {
    meaning: 'The book cannot take the order within the collar.',
    advice: 'Make it smaller or use a limit order.',
    retry: 'after-fix',
    httpStatus: 422,
  },
  RISK_STALE_DATA: {
    meaning: 'Market or account data is too old to decide on.',
    advice: 'Wait for fresh data.',
    retry: 'later',
    httpStatus: 503,
  },
  RISK_PRODUCT_BLOCKED: {
    meaning: 'The policy does not allow this product.',
    advice: 'Trade another product, or change the policy by hand.',
    retry: 'never',
    httpStatus: 403,
  },
  RISK_HALTED: { meaning: 'Trading is halted.', advice: 'A person must resume it.', retry: 'later', httpStatus: 423 },
  RISK_REDUCE_ONLY: {
    meaning: 'Only orders that reduce exposure are allowed now.',
    advice: 'Sell, cancel, or wait for a person.',
    retry: 'later',
    httpStatus: 423,
  },
  APPROVAL_DENIED: {
    meaning: 'A person refused the order.',
    advice: 'Do not ask again with the same order.',
    retry: 'never',
    httpStatus: 403,
  },
  APPROVAL_EXPIRED: {
    meaning: 'Nobody approved the order in time, or the price left the band.',
    advice: 'Ask again if it still makes sense.',
    retry: 'after-fix',
    httpStatus: 410,
  },
} as const satisfies Record<string, CodeEntry>

export type DenialCode = keyof typeof denialCodes

export type PublicCode = ErrorCode | DenialCode

/** What a code means and what to do about it. */
export function describeCode(code: PublicCode): CodeEntry {
  return code in errorCodes ? errorCodes[code as ErrorCode] : denialCodes[code as DenialCode]
}
