/**
 * `<departure-dialog>`: what is about to leave this device, before it does.
 * Property: `departure` (open while there is one). Event: `decide` (detail: a DepartureChoice).
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { ESCALATION_REASONS, type Departure, type DepartureChoice } from '../kernel/route';
import { usdText } from '../meter/receipt';
import { controls } from './theme';
import { sizeText } from './words';

const ROLES = { system: 'Instructions of this page', user: 'You', assistant: 'Answer' } as const;

@customElement('departure-dialog')
export class DepartureDialog extends LitElement {
  static override readonly styles = [
    controls,
    css`
      dialog {
        width: min(34rem, calc(100vw - 1.5rem));
        max-height: min(42rem, calc(100dvh - 1.5rem));
        padding: 1.2rem 1.3rem;
        border: 1px solid var(--sf-line);
        border-radius: 20px;
        background: var(--sf-surface);
        color: inherit;
        box-shadow: var(--sf-shadow);
      }
      dialog::backdrop {
        background: #0007;
      }
      h2 {
        margin: 0 0 0.4rem;
        font-size: 1.2rem;
      }
      p {
        margin: 0 0 0.8rem;
      }
      .muted {
        color: var(--sf-muted);
        font-size: 0.9rem;
      }
      dl {
        max-height: 16rem;
        margin: 0 0 0.9rem;
        padding: 0.7rem 0.9rem;
        overflow-y: auto;
        border-radius: 12px;
        background: var(--sf-surface-2);
        font-size: 0.92rem;
      }
      dt {
        color: var(--sf-muted);
        font-size: 0.8rem;
      }
      dd {
        margin: 0 0 0.6rem;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      dd:last-child {
        margin: 0;
      }
      label {
        display: flex;
        gap: 0.5rem;
        align-items: center;
        margin-bottom: 1rem;
        font-size: 0.92rem;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) departure: Departure | undefined;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('input') private always!: HTMLInputElement | null;

  override render() {
    const { departure } = this;
    return html`<dialog role="dialog" aria-labelledby="title" @cancel=${this.#cancel}>
      <h2 id="title">Send to the cloud?</h2>
      ${
        departure
          ? html`<p>
                ${ESCALATION_REASONS[departure.reason]} This goes to this site’s server, and from there to
                <strong>${departure.modelName}</strong>:
              </p>
              <dl tabindex="0" aria-label="What is sent">
                ${departure.messages.map(
                  ({ role, content }) =>
                    html`<dt>${ROLES[role]}</dt>
                      <dd dir="auto">${content}</dd>`,
                )}
              </dl>
              <p class="muted">
                ${sizeText(departure.bytes)} of text, nothing else. The site pays
                ${usdText(departure.worstNanoUsd)} at most; you pay nothing. In this chat you will not be
                asked again.
              </p>
              <label><input type="checkbox" /> Do not ask again in any chat on this device</label>
              <div class="buttons">
                <button @click=${() => this.#decide('keep')}>Keep here</button>
                <button
                  class="primary"
                  @click=${() => this.#decide(this.always?.checked ? 'always' : 'send')}
                >
                  Send to ${departure.modelName}
                </button>
              </div>`
          : nothing
      }
    </dialog>`;
  }

  override updated(changed: PropertyValues<this>) {
    if (!changed.has('departure')) return;
    if (this.departure && !this.dialog.open) this.dialog.showModal();
    if (!this.departure && this.dialog.open) this.dialog.close();
  }

  /** Escape keeps it here. */
  #cancel(event: Event) {
    event.preventDefault();
    this.#decide('keep');
  }

  #decide(choice: DepartureChoice) {
    this.dispatchEvent(new CustomEvent('decide', { detail: choice }));
  }
}
