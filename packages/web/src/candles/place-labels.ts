/** A label beside its arrow, in pixels of the picture. */
export interface PlacedLabel {
  readonly left: number
  readonly top: number
}

export interface LabelWish {
  /** Where the arrow's tip is. */
  readonly x: number
  readonly y: number
  readonly width: number
  /** Labels of buys go down from the arrow, those of sells up. */
  readonly side: 'BUY' | 'SELL'
}

/** Height of a label and of the arrow beside it, px. */
export const LABEL_PX = 16
export const ARROW_PX = 12
const GAP_PX = 3
const TRIES = 5

/**
 * Finds room for labels inside a picture, first come first served: moved sideways to stay inside, away from the candle while
 * another label is there. A label without room is left out: its arrow stays, and its numbers stand in the table.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  room: { readonly width: number; readonly height: number },
): readonly (PlacedLabel | undefined)[] {
  const taken: { readonly left: number; readonly right: number; readonly top: number }[] = []
  return wishes.map(({ x, y, width, side }) => {
    if (width + 2 * GAP_PX > room.width) return undefined
    const left = Math.min(Math.max(GAP_PX, x - width / 2), room.width - width - GAP_PX)
    const first = side === 'BUY' ? y + ARROW_PX + GAP_PX : y - ARROW_PX - GAP_PX - LABEL_PX
    const step = side === 'BUY' ? LABEL_PX + 2 : -(LABEL_PX + 2)
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const top = first + attempt * step
      if (top < 0 || top + LABEL_PX > room.height) return undefined
      const isFree = taken.every(
        (other) => left >= other.right || left + width <= other.left || Math.abs(other.top - top) >= LABEL_PX,
      )
      if (!isFree) continue
      taken.push({ left, right: left + width, top })
      return { left, top }
    }
    return undefined
  })
}
