/** How the page looks: large, plain, dark where the system is dark, and never told by colour alone. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #767b85; --ink: #14171c; --paper: #ffffff; --soft: #f0f2f5; --go: #0b6b3a; --stop: #a3161c; }
@media (prefers-color-scheme: dark) {
  :root { --line: #8b919c; --ink: #eceef2; --paper: #14171c; --soft: #20242b; --go: #7fdca5; --stop: #ff9a94; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 44rem; padding: 1rem; background: var(--paper); color: var(--ink); font: 1.125rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.375rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
[hidden] { display: none !important; }
.where { color: var(--ink); border-inline-start: .25rem solid var(--line); padding-inline-start: .75rem; }
.wish { font-size: 1.75rem; line-height: 1.3; font-weight: 700; margin: 1.5rem 0 .5rem; }
.buttons { margin: 0; }
dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .25rem 1rem; margin: .75rem 0; }
dt { font-weight: 400; }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
label { display: block; margin: .75rem 0 .25rem; font-weight: 600; }
small { display: block; font-weight: 400; font-size: 1rem; }
input { width: 100%; min-height: 3rem; padding: .5rem .75rem; font: inherit; color: inherit; background: var(--soft); border: 2px solid var(--line); border-radius: .375rem; }
#code { max-width: 14rem; font-size: 1.75rem; letter-spacing: .15em; font-variant-numeric: tabular-nums; }
button { min-height: 3rem; min-width: 9rem; margin: 1rem .75rem 0 0; padding: .5rem 1.25rem; font: inherit; font-weight: 700; color: var(--paper); background: var(--ink); border: 2px solid var(--ink); border-radius: .375rem; cursor: pointer; }
button.go { background: var(--go); border-color: var(--go); }
button.stop { background: var(--paper); color: var(--stop); border-color: var(--stop); }
button:disabled { opacity: .5; cursor: not-allowed; }
:focus-visible { outline: 3px solid currentColor; outline-offset: 3px; }
#message { margin: 1rem 0; padding: .75rem 1rem; border: 2px solid var(--line); border-radius: .375rem; background: var(--soft); font-weight: 600; }
#message[data-kind="bad"] { border-color: var(--stop); }
#message[data-kind="good"] { border-color: var(--go); }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity .1s; } }
`
