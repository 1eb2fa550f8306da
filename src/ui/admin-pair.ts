/** `<admin-pair>`: the models that answer, their prices, and how long their vendor keeps them. Properties: `rungs`, `vendor`. */
import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AdminReport, AdminRung } from '../kernel/admin-report';
import { cardStyles } from './admin-styles';

/** What the bar of days shows at most. */
const SPAN_DAYS = 180;
const WARN_DAYS = 60;
const ROLES = { flagship: 'Flagship', small: 'Middle rung' } as const;
const CIRCUITS = {
  closed: 'The vendor is asked as usual.',
  'half-open': 'The vendor failed; one call tries whether it answers again.',
  open: 'The vendor keeps failing and is not asked for a while.',
} as const;

@customElement('admin-pair')
export class AdminPair extends LitElement {
  static override readonly styles = [
    cardStyles,
    css`
      article {
        margin-top: 0.9rem;
        padding-top: 0.8rem;
        border-top: 1px solid var(--sf-line);
      }
      h3 {
        margin: 0;
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      h3 small {
        color: var(--sf-muted);
        font-weight: 400;
      }
      p {
        margin: 0.15rem 0 0;
        font-size: 0.88rem;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
        margin-block: 0.5rem;
        border-radius: 4px;
        background: var(--sf-surface-2);
      }
      rect {
        fill: var(--sf-accent);
      }
      .near rect {
        fill: light-dark(#c9822b, #e8b06a);
      }
    `,
  ];

  @property({ attribute: false }) rungs: readonly AdminRung[] = [];
  @property({ attribute: false }) vendor!: AdminReport['vendor'];

  override render() {
    const { name, circuit, list_read_at, list_problem } = this.vendor;
    return html`<section>
      <h2>Models at ${name}</h2>
      <p class="muted ${circuit === 'closed' ? '' : 'warning'}" data-circuit=${circuit}>
        ${CIRCUITS[circuit]}
      </p>
      <p class="muted">
        ${
          list_problem
            ? `Its list of models cannot be read: ${list_problem}.`
            : list_read_at
              ? `Its list of models was read at ${timeText(list_read_at)}.`
              : 'Its list of models is not read yet.'
        }
      </p>
      ${this.rungs.map(shown)}
    </section>`;
  }
}

function shown(rung: AdminRung) {
  const { role, configured, model, state, shutdown, days_left, successor, unconfirmed, is_listed } = rung;
  const isNear = days_left !== null && days_left <= WARN_DAYS;
  return html`<article data-role=${role} data-state=${state}>
    <h3>${model ?? 'None'} <small>${ROLES[role]}</small></h3>
    ${
      model === null
        ? html`<p class="warning">${configured} has left, and nothing follows it. Set another model.</p>`
        : html`<p>
            ${perMillion(rung.input_nano_usd)} in, ${perMillion(rung.cached_input_nano_usd)} cached,
            ${perMillion(rung.output_nano_usd)} out, per million tokens
            <span class="muted">(${rung.price_as_of})</span>
          </p>`
    }
    ${
      model !== null && model !== configured
        ? html`<p class="warning">In the place of ${configured}, which has left.</p>`
        : nothing
    }
    ${
      shutdown !== null && days_left !== null
        ? html`<p class=${isNear ? 'warning' : ''}>
              Leaves on ${shutdown}, in ${days_left} days;
              ${successor ? `${successor} answers from then on.` : 'no successor with a known price is set.'}
            </p>
            <svg
              class=${isNear ? 'near' : ''}
              viewBox="0 0 ${SPAN_DAYS} 1"
              preserveAspectRatio="none"
              role="img"
              aria-label="${days_left} days left"
            >
              ${svg`<rect width=${Math.min(days_left, SPAN_DAYS)} height="1"></rect>`}
            </svg>`
        : model === null
          ? nothing
          : html`<p>No date of its end is known.</p>`
    }
    ${
      unconfirmed.length > 0
        ? html`<p class="muted">
            Not confirmed by the vendor: ${unconfirmed.join(', ')}. The config file’s “prices” can say better.
          </p>`
        : nothing
    }
    ${is_listed === false ? html`<p class="warning">The vendor’s list does not have it.</p>` : nothing}
  </article>`;
}

/** Nano-dollars a token are thousandths of a dollar per million. */
function perMillion(nanoUsd: number): string {
  return `$${Number((nanoUsd / 1_000).toFixed(3))}`;
}

function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
