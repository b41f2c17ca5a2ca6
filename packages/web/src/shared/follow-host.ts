import type { HostContext, HostLink } from '../host/host-link.js'
import { asRecord } from './read-fields.js'

/** Colours are taken over together or not at all: half a palette can make text vanish. */
const PALETTE = [
  '--color-background-primary',
  '--color-background-secondary',
  '--color-text-primary',
  '--color-text-secondary',
  '--color-border-primary',
]
const FONTS = ['--font-sans', '--font-mono']
/** No address, no import, no way out of the value. */
const STYLE_VALUE = /^[\w\s#%.,()+*/'"-]{1,200}$/

/** The host's styles that may be set, by name; whatever could load or run something is left out. */
export function styleOf(context: HostContext): ReadonlyMap<string, string> {
  const given = asRecord(asRecord(context['styles'])['variables'])
  const plain = (name: string): string | undefined => {
    const value = given[name]
    return typeof value === 'string' && STYLE_VALUE.test(value) && !/url|image|expression/i.test(value)
      ? value
      : undefined
  }
  const taken = new Map<string, string>()
  for (const names of [PALETTE, ...FONTS.map((name) => [name])]) {
    const values = names.map(plain)
    if (values.includes(undefined)) continue
    for (const [index, name] of names.entries()) taken.set(name, values[index] ?? '')
  }
  return taken
}

/** Takes over light or dark and the host's own colours; `changed` when what is drawn may have to be drawn again. */
export function applyHostContext(context: HostContext, changed: () => void): void {
  const root = document.documentElement
  const { theme } = context
  if (theme === 'light' || theme === 'dark') root.dataset['theme'] = theme
  for (const [name, value] of styleOf(context)) root.style.setProperty(name, value)
  changed()
}

/** Tells the host how high the page is, whenever that changes. */
export function reportSize(link: HostLink): void {
  let last = ''
  const tell = (): void => {
    const { width, height } = document.documentElement.getBoundingClientRect()
    const size = { width: Math.ceil(width), height: Math.ceil(height) }
    const text = `${size.width} ${size.height}`
    if (text === last || size.height === 0) return
    last = text
    link.notify('ui/notifications/size-changed', size)
  }
  new ResizeObserver(tell).observe(document.documentElement)
  tell()
}
