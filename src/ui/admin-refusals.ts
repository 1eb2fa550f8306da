/** `<admin-refusals>`: why requests were refused, and how often. Property: `days`. */
import { css, html, LitElement, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AdminDay } from '../kernel/admin-report';
import { cardStyles } from './admin-styles';

/** What a code means to the operator; others are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  budget_exhausted: 'A cap was reached',
  rate_limited: 'Too many from one visitor or site',
  origin_not_allowed: 'A page that is not in ALLOWED_ORIGINS',
  unauthorized: 'No token, or a wrong one',
  token_expired: 'A visitor’s token had expired',
  token_invalid: 'A token of another server or secret',
  token_elsewhere: 'A token used from another address',
  proof_of_work_required: 'Asked to work first: many new visitors',
  invalid_value: 'A request that is not OpenAI’s format',
  model_not_found: 'A model that is not on offer',
  context_length_exceeded: 'A prompt longer than the model reads',
  ledger_unavailable: 'The books could not be written',
  model_retired: 'No model was left that could answer',
  upstream_circuit_open: 'The vendor was not asked: it kept failing',
  upstream_failed: 'The vendor failed',
  upstream_unreachable: 'The vendor could not be reached',
  upstream_timeout: 'The vendor took too long',
  upstream_rate_limited: 'The vendor’s rate limit',
  upstream_quota: 'The account at the vendor is used up',
  upstream_auth: 'The vendor does not accept the key',
  upstream_rejected: 'The vendor refused the request',
};
const SHOWN = 8;

@customElement('admin-refusals')
export class AdminRefusals extends LitElement {
  static override readonly styles = [
    cardStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.15rem 0.8rem;
        margin: 0.8rem 0 0;
        font-size: 0.9rem;
      }
      dt {
        overflow-wrap: anywhere;
      }
      dd {
        margin: 0;
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      svg {
        grid-column: 1 / -1;
        width: 100%;
        height: 6px;
        margin-bottom: 0.45rem;
        border-radius: 3px;
        background: var(--sf-surface-2);
      }
      rect {
        fill: light-dark(#c9822b, #e8b06a);
      }
    `,
  ];

  @property({ attribute: false }) days: readonly AdminDay[] = [];

  override render() {
    const sums = new Map<string, number>();
    for (const { refusals } of this.days) {
      for (const [code, times] of Object.entries(refusals)) sums.set(code, (sums.get(code) ?? 0) + times);
    }
    const all = [...sums].sort(([, a], [, b]) => b - a);
    const most = all[0]?.[1] ?? 0;
    const total = all.reduce((sum, [, times]) => sum + times, 0);
    return html`<section>
      <h2>Refusals</h2>
      <p class="muted">${total === 0 ? 'Nothing was refused in these days.' : `${total} in these days`}</p>
      <dl>
        ${all.slice(0, SHOWN).map(
          ([code, times]) =>
            html`<dt title=${code}>${WORDS[code] ?? code}</dt>
              <dd>${times}</dd>
              <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                ${svg`<rect width=${(100 * times) / most} height="1"></rect>`}
              </svg>`,
        )}
      </dl>
    </section>`;
  }
}
