/** `<admin-caps>`: the budgets of a day, to be changed while the server runs. Properties: `caps`, `usual`, `problem`, `told` (that it was done). Event: `caps` (detail: the new ones). */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AdminCaps as Caps } from '../kernel/admin-report';
import { nanoUsdOf, usdOf } from '../meter/price';
import { cardStyles } from './admin-styles';
import { controls } from './theme';

const NAMES = { day: 'In all', site: 'One site', visitor: 'One visitor' } as const;
const KINDS = ['day', 'site', 'visitor'] as const;

@customElement('admin-caps')
export class AdminCapsForm extends LitElement {
  static override readonly styles = [
    controls,
    cardStyles,
    css`
      form {
        display: grid;
        gap: 0.6rem;
        margin-top: 0.8rem;
      }
      label {
        display: grid;
        grid-template-columns: 1fr 9rem;
        align-items: center;
        gap: 0.8rem;
      }
      input {
        min-height: 2.5rem;
        padding: 0.3rem 0.7rem;
        border: 1px solid var(--sf-line);
        border-radius: 10px;
        background: var(--sf-bg);
        color: var(--sf-text);
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      small {
        display: block;
        color: var(--sf-muted);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: end;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) caps!: Caps;
  @property({ attribute: false }) usual!: Caps;
  @property() problem = '';
  @property() told = '';

  override render() {
    const isUsual = KINDS.every((kind) => this.caps[kind] === this.usual[kind]);
    return html`<section>
      <h2>Caps of a day</h2>
      <p class="muted">Dollars per UTC day. They hold from the next call on, and after a restart.</p>
      <form @submit=${this.#submit}>
        ${KINDS.map(
          (kind) =>
            html`<label>
              <span>${NAMES[kind]} <small>$${usdOf(this.usual[kind])} in the environment</small></span>
              <input
                name=${kind}
                inputmode="decimal"
                required
                pattern="\\d{1,6}(\\.\\d{1,9})?"
                title="An amount of dollars, such as 0.50"
                .value=${String(usdOf(this.caps[kind]))}
              />
            </label>`,
        )}
        ${this.problem ? html`<p role="alert" class="warning">${this.problem}</p>` : nothing}
        <p class="muted" role="status">${this.problem ? '' : this.told}</p>
        <div class="buttons">
          ${
            isUsual
              ? nothing
              : html`<button type="button" class="plain" @click=${() => this.#send(this.usual)}>
                  As in the environment
                </button>`
          }
          <button class="primary">Change</button>
        </div>
      </form>
    </section>`;
  }

  #submit(event: SubmitEvent) {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const amountOf = (kind: (typeof KINDS)[number]) => nanoUsdOf(Number(given.get(kind)));
    this.#send({ day: amountOf('day'), site: amountOf('site'), visitor: amountOf('visitor') });
  }

  #send(caps: Caps) {
    this.dispatchEvent(new CustomEvent('caps', { detail: caps }));
  }
}
