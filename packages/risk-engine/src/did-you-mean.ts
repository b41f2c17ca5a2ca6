/**
 * The known name that was probably meant.
 *
 * @param synonyms - Other people's names for ours, e.g. `price` for `limit_price`.
 */
export function didYouMean(
  written: string,
  known: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): string | undefined {
  const plain = written.toLowerCase().replaceAll('-', '_')
  if (Object.hasOwn(synonyms, plain)) return synonyms[plain]
  const longer = known.filter((name) => name.startsWith(`${plain}_`))
  if (longer.length === 1) return longer[0]
  const ranked = known
    .map((name) => ({ name, distance: editDistance(plain, name) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > b.length) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? Number.POSITIVE_INFINITY
}
