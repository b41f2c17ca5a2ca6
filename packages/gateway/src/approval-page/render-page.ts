import { createHash } from 'node:crypto'
import { pageScript } from './page-script.js'
import { pageStyle } from './page-style.js'

/** A page as it goes out. */
export interface RenderedPage {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`

/**
 * The page on which an approver decides about one order. It is the same for everybody and every order: who opens it learns nothing before
 * they have logged in, and its address holds nothing secret.
 */
export function renderApprovalPage(): RenderedPage {
  // Two texts may run and style; nothing is loaded, nothing frames it, no markup is made from text, no form leaves it.
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(pageScript)}`,
    `style-src ${hashOf(pageStyle)}`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'x-robots-tag': 'noindex',
    },
  }
}

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidegate: approve an order</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>An order waits for its approver</h1>
<p class="where">Order <b id="intent"></b> at <b id="host"></b>. Somebody gave you this address. Go on only if this is where your Tidegate
runs, and approve only what you expected and understand.</p>
<section id="log-in" aria-label="Log in">
<label for="token">Your token <small id="token-help">An approver’s own, or the operator’s. It is kept nowhere: not by this page, and do not let the browser keep it.</small></label>
<input id="token" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="token-help" data-1p-ignore data-lpignore="true" autofocus>
<label for="name">Your name <small id="name-help">With the operator’s token only: the name you are enrolled under.</small></label>
<input id="name" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="40" aria-describedby="name-help">
<button id="show" type="button">Show the order</button>
</section>
<section id="order" aria-labelledby="wish" hidden>
<h2 id="wish" class="wish"></h2>
<p>Read from the gateway’s own books; nothing here was written by the agent but the terms.</p>
<dl id="facts"></dl>
<p id="time"></p>
<div id="decide" hidden>
<label for="code">Code <small id="code-help">The six digits of your authenticator. Denying needs none.</small></label>
<input id="code" type="text" inputmode="numeric" autocomplete="one-time-code" spellcheck="false" maxlength="9" aria-describedby="code-help">
<p class="buttons"><button id="approve" class="go" type="button">Approve</button>
<button id="deny" class="stop" type="button">Deny</button></p>
</div>
</section>
<p id="message" role="status" aria-live="polite" tabindex="-1" hidden></p>
<noscript><p>This page needs its script. Without it: tidegate approvals list</p></noscript>
</main>
<script>${pageScript}</script>
</body>
</html>
`
