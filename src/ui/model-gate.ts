/**
 * `<model-gate>`: which model answers; says what one weighs before it is fetched, and shows it coming.
 * Property: `models`, `isOnline`. Events: `choose`, `cancel-model`, `remove-model` (detail: the model's id).
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ModelOffer, ModelsState } from '../kernel/app-state';
import type { ModelCard } from '../kernel/config';
import { FAULTS } from '../kernel/fault';
import { dialogStyles } from './dialog-styles';
import { icons } from './icons';
import { controls } from './theme';
import { sizeText, timeLeftText } from './words';

@customElement('model-gate')
export class ModelGate extends LitElement {
  static override readonly styles = [
    controls,
    dialogStyles,
    css`
      .intro {
        margin: 0;
        padding: 0 1.3rem 0.8rem;
        color: var(--sf-muted);
        font-size: 0.93rem;
      }
      ul {
        margin: 0;
        padding: 0 0.7rem 0.9rem;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.2rem 1rem;
        align-items: start;
        padding: 0.8rem 0.6rem;
        border-top: 1px solid var(--sf-line);
      }
      h3 {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin: 0;
        font-size: 1rem;
      }
      .badge {
        padding: 0 0.55rem;
        border-radius: 99px;
        background: var(--sf-accent-soft);
        color: var(--sf-accent);
        font-size: 0.76rem;
        font-weight: 600;
      }
      p {
        margin: 0.1rem 0 0;
        font-size: 0.9rem;
      }
      .facts {
        color: var(--sf-muted);
        font-size: 0.84rem;
      }
      .facts a {
        color: inherit;
      }
      .buttons {
        display: flex;
        gap: 0.3rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      progress {
        display: block;
        width: 100%;
        height: 8px;
        margin-block: 0.5rem 0.2rem;
        accent-color: var(--sf-accent);
      }
      .fault {
        color: var(--sf-danger);
      }
      .ask {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem;
        margin-top: 0.5rem;
        padding: 0.7rem 0.8rem;
        border-radius: 12px;
        background: var(--sf-surface-2);
      }
      .ask p {
        flex: 1 1 14rem;
        margin: 0;
      }
    `,
  ];

  @property({ attribute: false }) models: ModelsState = { offers: [], chosenId: undefined };
  @property({ type: Boolean }) isOnline = true;
  /** The model whose download was asked for and not yet agreed to. */
  @state() private askingId: string | undefined;
  @query('dialog') private dialog!: HTMLDialogElement;

  /** Opens as a modal dialog; Escape and the backdrop close it. */
  show(): void {
    this.askingId = undefined;
    this.dialog.showModal();
  }

  override render() {
    return html`<dialog role="dialog" aria-labelledby="title" @click=${this.#backdrop}>
      <header>
        <h2 id="title">Model</h2>
        <button class="plain icon" aria-label="Close" @click=${() => this.dialog.close()}>
          ${icons.close}
        </button>
      </header>
      <p class="intro">
        Each of these runs in this browser, on your processor. A larger one knows more and answers more
        slowly. It is fetched once, then kept on this device.
      </p>
      <ul>
        ${this.models.offers.map((offer) => this.#offer(offer))}
      </ul>
    </dialog>`;
  }

  #offer(offer: ModelOffer) {
    const { card, state } = offer;
    const isChosen = card.id === this.models.chosenId;
    const isHere = state.kind === 'kept' || state.kind === 'ready' || state.kind === 'starting';
    return html`<li data-model=${card.id} data-state=${state.kind}>
      <div>
        <h3>
          ${card.name} ${isChosen ? html`<span class="badge">Answers now</span>` : nothing}
          ${isHere ? html`<span class="badge">On this device</span>` : nothing}
        </h3>
        ${card.about ? html`<p>${card.about}</p>` : nothing}
        <p class="facts">
          ${sizeText(card.sizeBytes)} · ${card.licence} · ${card.contextTokens.toLocaleString('en')} tokens of
          context${
            card.source
              ? html` · <a href=${card.source} target="_blank" rel="noopener noreferrer">About it</a>`
              : nothing
          }
        </p>
      </div>
      <div class="buttons">${this.#buttons(offer, isChosen, isHere)}</div>
      ${this.#detail(offer)}
    </li>`;
  }

  #buttons({ card, state, isBundled }: ModelOffer, isChosen: boolean, isHere: boolean) {
    if (state.kind === 'fetching') return nothing;
    const canAsk = isBundled || isHere;
    const use = canAsk ? () => this.#emit('choose', card.id) : () => (this.askingId = card.id);
    return html`
      ${
        isHere && !isBundled
          ? html`<button
              class="plain icon small danger"
              aria-label=${`Remove ${card.name}`}
              title="Remove from this device"
              @click=${() => this.#emit('remove-model', card.id)}
            >
              ${icons.bin}
            </button>`
          : nothing
      }
      ${
        isChosen && isHere
          ? nothing
          : html`<button class="small" aria-label=${`${canAsk ? 'Use' : 'Get'} ${card.name}`} @click=${use}>
              ${canAsk ? 'Use' : 'Get'}
            </button>`
      }
    `;
  }

  #detail({ card, state }: ModelOffer) {
    if (state.kind === 'fetching') {
      const { doneBytes, totalBytes, bytesPerSecond } = state;
      return html`<div class="wide">
        <progress max=${totalBytes} value=${doneBytes} aria-label=${`Fetching ${card.name}`}></progress>
        <p class="facts">
          ${sizeText(doneBytes)} of
          ${sizeText(totalBytes)}${
            bytesPerSecond
              ? html` · ${sizeText(bytesPerSecond)}/s ·
                ${timeLeftText((totalBytes - doneBytes) / bytesPerSecond)}`
              : nothing
          }
          <button
            class="small"
            aria-label=${`Cancel ${card.name}`}
            @click=${() => this.#emit('cancel-model', card.id)}
          >
            Cancel
          </button>
        </p>
      </div>`;
    }
    if (state.kind === 'starting') return html`<p class="wide facts" role="status">Starting …</p>`;
    if (this.askingId === card.id) return this.#ask(card);
    if (state.kind === 'failed') {
      const [happened, next] = FAULTS[state.fault.code];
      return html`<p class="wide fault" role="alert" data-code=${state.fault.code}>
        ${happened} ${next} <span class="facts">${state.fault.detail ?? ''}</span>
      </p>`;
    }
    return nothing;
  }

  #ask(card: ModelCard) {
    return html`<div class="wide ask" role="group" aria-label=${`Fetch ${card.name}?`}>
      <p>
        ${
          this.isOnline
            ? html`This fetches <strong>${sizeText(card.sizeBytes)}</strong> from
                ${new URL(card.url, document.baseURI).host} and keeps it on this device.`
            : 'You are offline. It can be fetched when there is a network.'
        }
      </p>
      <button class="small" @click=${() => (this.askingId = undefined)}>Not now</button>
      <button
        class="small primary"
        ?disabled=${!this.isOnline}
        @click=${() => {
          this.askingId = undefined;
          this.#emit('choose', card.id);
        }}
      >
        Fetch ${sizeText(card.sizeBytes)}
      </button>
    </div>`;
  }

  #backdrop(event: MouseEvent) {
    if (event.target === this.dialog) this.dialog.close();
  }

  #emit(type: 'choose' | 'cancel-model' | 'remove-model', id: string) {
    this.dispatchEvent(new CustomEvent(type, { detail: id }));
  }
}
