import { z } from 'zod'

/** What can be made to go wrong with one answer to a request. */
export const ANSWER_FAULTS = [
  /** The request is carried out, then the connection is cut: the client cannot know. */
  'accept-then-drop',
  /** The request is carried out, then a proxy's 503 page comes back: the client cannot know either. */
  'accept-then-503-html',
  /** The connection is cut before anything happens. */
  'drop-before',
  /** The answer comes `delayMs` late. */
  'delay',
  'http-503-html',
  'http-429-html',
  'http-429-json',
  'http-401',
  /** The answer's body ends half-way. */
  'cut-body',
  /** Carried out; then every `order_id` of the answer has moved to `orderId`, and keys nobody knows have come up. */
  'schema-drift',
  /** Carried out; then answered as if the order's id had been used before: what a proxy that sends twice makes of it. */
  'duplicate-client-order-id',
  /** A list leaves out what is younger than `delayMs`, as a replica that is behind does. */
  'list-lag',
] as const
export type AnswerFaultKind = (typeof ANSWER_FAULTS)[number]

/** What can be made to go wrong with one frame of a stream. */
export const STREAM_FAULTS = [
  /** A frame is lost: its number is missing. */
  'sequence-gap',
  /** The connection stays open and says nothing more; other connections are not touched. */
  'stall',
  /** The events of a frame come twice, in two frames. */
  'duplicate-event',
  /** The events of a frame come `delayMs` late. */
  'late-event',
  /** The events of a frame come after those of the next frame of its channel. */
  'out-of-order',
  /** A book update puts a bid above the best offer. */
  'crossed-frame',
  /** The next book snapshot is one frame of more than 8 MB. */
  'huge-snapshot',
  /** The connection is closed with 1001, as when a server restarts. */
  'going-away',
] as const
export type StreamFaultKind = (typeof STREAM_FAULTS)[number]

/** What can be made to go wrong with the exchange itself, from now on. */
export const STATE_FAULTS = ['product-state', 'key-permission', 'clock-skew'] as const
export type StateFaultKind = (typeof STATE_FAULTS)[number]

/** Every kind of fault. */
export const FAULT_KINDS = [...ANSWER_FAULTS, ...STREAM_FAULTS, ...STATE_FAULTS] as const
export type FaultKind = (typeof FAULT_KINDS)[number]

/** The words of a product's state, as the products endpoint calls them; `normal` is none of them. */
export const PRODUCT_STATES = [
  'normal',
  'is_disabled',
  'trading_disabled',
  'cancel_only',
  'limit_only',
  'post_only',
  'auction_mode',
  'view_only',
] as const
export type ProductState = (typeof PRODUCT_STATES)[number]

const times = z.number().int().min(1).max(1_000_000).optional()
const delayMs = z.number().int().min(0).max(3_600_000).optional()
/** Ms from when it is asked for until it is there. */
const at = z.number().int().min(0).max(86_400_000).optional()

/** A fault as scripts and the control endpoint spell it. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(ANSWER_FAULTS),
    /** Of the request, e.g. `create-order` or `list-orders`; `any` (default) for the next one whatever it is. */
    verb: z.string().min(1).optional(),
    /** How many requests it hits; once when absent. */
    times,
    delayMs,
    at,
  }),
  z.strictObject({
    kind: z.enum(STREAM_FAULTS),
    /** As one subscribes to it, e.g. `level2` or `user`; `any` (default) for the next frame whatever it is. */
    channel: z.string().min(1).optional(),
    /** How many frames it hits; once when absent. */
    times,
    delayMs,
    at,
  }),
  z.strictObject({
    kind: z.literal('product-state'),
    productId: z.string().min(1),
    state: z.enum(PRODUCT_STATES),
    at,
  }),
  z.strictObject({
    kind: z.literal('key-permission'),
    /** What the key loses. */
    permission: z.enum(['view', 'trade', 'transfer']),
    /** All keys when absent. */
    keyName: z.string().min(1).optional(),
    at,
  }),
  z.strictObject({ kind: z.literal('clock-skew'), skewMs: z.number().int().min(-86_400_000).max(86_400_000), at }),
])

/** One thing that goes wrong on purpose. */
export type Fault = z.output<typeof faultSchema>
export type AnswerFault = Extract<Fault, { kind: AnswerFaultKind }>
export type StreamFault = Extract<Fault, { kind: StreamFaultKind }>
export type StateFault = Extract<Fault, { kind: StateFaultKind }>

/** Is it about an answer? */
export function isAnswerFault(fault: Fault): fault is AnswerFault {
  return (ANSWER_FAULTS as readonly string[]).includes(fault.kind)
}

/** Is it about a stream? */
export function isStreamFault(fault: Fault): fault is StreamFault {
  return (STREAM_FAULTS as readonly string[]).includes(fault.kind)
}
