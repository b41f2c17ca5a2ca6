/** What can be wrong with a log, or missing around it. Stable words for programs; the sentence beside them is for people. */
export type FindingCode =
  | 'STORE_UNREADABLE'
  | 'NO_IDENTITY'
  | 'ENTRY_MISSING'
  | 'ENTRY_UNREADABLE'
  | 'ENTRY_CHANGED'
  | 'ENTRY_UNLINKED'
  | 'ENTRY_NOT_CANONICAL'
  | 'ENTRY_UNSIGNED'
  | 'LOG_CUT'
  | 'HEAD_MISSING'
  | 'HEAD_NOT_SIGNED'
  | 'HEAD_NOT_LAST'
  | 'ROLLED_BACK'
  | 'FORKED'
  | 'HEADS_LINE'
  | 'HEADS_SIGNATURE'
  | 'HEADS_FOREIGN'
  | 'HEADS_CUT'
  | 'HEADS_GAP'
  | 'HEADS_MISSING'
  | 'HEADS_TORN'
  | 'KEY_FROM_STORE'
  | 'KEY_UNKNOWN'
  | 'KEY_CHANGE'
  | 'RECORD_CHANGED'
  | 'RECORD_MISSING'
  | 'RECORD_UNTOLD'
  | 'STORY_BROKEN'

/** Something that does not hold (`bad`), or that could not be checked (`warning`). */
export interface Finding {
  readonly severity: 'bad' | 'warning'
  readonly code: FindingCode
  /** Entry at which it shows, where there is one. */
  readonly seq?: number
  /** Says what was found and what it means, without any name a person would have to look up. */
  readonly words: string
}

/** A finding that fails the log. */
export function bad(code: FindingCode, words: string, seq?: number): Finding {
  return { severity: 'bad', code, words, ...(seq === undefined ? {} : { seq }) }
}

/** Something that could not be checked. */
export function warning(code: FindingCode, words: string, seq?: number): Finding {
  return { severity: 'warning', code, words, ...(seq === undefined ? {} : { seq }) }
}
