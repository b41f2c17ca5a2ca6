/** What may stand inside an element; nothing where a condition did not hold. */
export type Child = Node | string | undefined | false

/** Attributes that may be set; none of them runs anything or loads anything. */
type Attributes = Readonly<
  Record<
    | 'class'
    | 'id'
    | 'role'
    | 'scope'
    | 'tabindex'
    | 'colspan'
    | 'type'
    | 'datetime'
    | 'title'
    | 'lang'
    | 'dir'
    | `aria-${string}`
    | `data-${string}`,
    string
  >
>

/** Makes an element. Text becomes text: there is no way from here to markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Partial<Attributes> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value)
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child)
  return element
}

/** A piece of text of somebody else, kept from reordering what stands around it. */
export function foreign(text: string, attributes: Partial<Attributes> = {}): HTMLElement {
  return make('bdi', attributes, text)
}

/** Puts children in place of what an element holds. */
export function fill(element: HTMLElement, ...children: readonly Child[]): void {
  element.replaceChildren(...children.filter((child) => child !== undefined && child !== false))
}
