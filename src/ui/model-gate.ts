/**
 * `<smallfirst-model-gate>`: which model answers; says what one weighs before it is fetched, and shows it coming.
 * Properties: `models`, `isOnline`, `isMetered`, `exportModel`, `site` (where it is a guest). Events: `choose`, `cancel-model`, `remove-model` (detail: the model's id),
 * `import-model` (detail: id and content), `add-model` (detail: a file), `measure` (detail: whether anew).
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ModelOffer, ModelsState } from '../kernel/app-state';
import type { ModelCard } from '../kernel/config';
import type { FaultRecord } from '../kernel/fault';
import { dialogStyles } from './dialog-styles';
import { forecastText, passportText } from './forecast-words';
import { icons } from './icons';
import { acceptOf, askTemplate, faultTemplate, ownTemplate } from './model-asking';
import { factsTemplate, fetchingTemplate, startingText } from './model-status';
import { gateStyles } from './model-gate-styles';
import { GPU_WORDS, NO_F16, pausedText } from './model-gate-words';
import { controls } from './theme';
import { sizeText } from './words';

export interface ModelImport {
  readonly id: string;
  readonly content: Blob;
}

@customElement('smallfirst-model-gate')
export class ModelGate extends LitElement {
  static override readonly styles = [controls, dialogStyles, gateStyles];

  @property({ attribute: false }) models: ModelsState = {
    isPersistent: true,
    offers: [],
    chosenId: undefined,
  };
  @property({ type: Boolean }) isOnline = true;
  @property({ type: Boolean }) isMetered = false;
  /** The host of the page that it is a guest on. */
  @property() site = '';
  @property({ attribute: false }) exportModel?: (id: string) => Promise<Blob | undefined>;
  /** The model whose download was asked for and not yet agreed to. */
  @state() private askingId: string | undefined;
  /** As the browser tells it. */
  @state() private freeBytes: number | undefined;
  @query('dialog') private dialog!: HTMLDialogElement;

  /** Opens as a modal dialog; Escape and the backdrop close it. */
  show(): void {
    this.askingId = undefined;
    this.dialog.showModal();
    this.#measure(false);
  }

  override render() {
    return html`<dialog role="dialog" aria-labelledby="title" @click=${this.#backdrop}>
      <header>
        <h2 id="title">Model</h2>
        <button class="plain icon" aria-label="Close" @click=${() => this.dialog.close()}>
          ${icons.close}
        </button>
      </header>
      <p class="intro" data-gpu=${this.models.gpu?.kind ?? 'unknown'}>
        Each of these runs in this browser. A larger one knows more and answers more slowly. It is fetched
        once, then kept on this
        device${this.site ? html` for ${this.site} alone: browsers keep what each site fetched apart` : nothing}.
        ${GPU_WORDS[this.models.gpu?.kind ?? 'gpu']}
        ${this.models.gpu?.kind === 'gpu' && !this.models.gpu.hasF16 ? NO_F16 : nothing}
      </p>
      <ul>
        ${this.models.offers.map((offer) => this.#offer(offer))}
      </ul>
      ${this.#passport()}
      ${ownTemplate((detail) => this.dispatchEvent(new CustomEvent<File>('add-model', { detail })))}
      ${this.#total()}
    </dialog>`;
  }

  #offer(offer: ModelOffer) {
    const { card, state } = offer;
    const isChosen = card.id === this.models.chosenId;
    const isHere = state.kind === 'kept' || state.kind === 'ready' || state.kind === 'starting';
    const forecast = offer.refusal || state.kind === 'fetching' ? '' : forecastText(offer.forecast ?? {});
    return html`<li data-model=${card.id} data-state=${state.kind}>
      <div>
        <h3>
          ${card.name} ${isChosen ? html`<span class="badge">Answers now</span>` : nothing}
          ${isHere ? html`<span class="badge">On this device</span>` : nothing}
        </h3>
        ${card.about ? html`<p>${card.about}</p>` : nothing}
        <p class="facts">${factsTemplate(offer, isHere)}</p>
        ${forecast ? html`<p class="facts forecast">${forecast}</p>` : nothing}
      </div>
      <div class="buttons">${this.#buttons(offer, isChosen, isHere)}</div>
      ${this.#detail(offer)}
    </li>`;
  }

  #passport() {
    const text = passportText(this.models);
    if (!text) return nothing;
    return html`<div class="own passport">
      <p class="facts" role="status">${text}</p>
      ${
        this.models.device?.isMeasuring
          ? nothing
          : html`<button class="small" @click=${() => this.#measure(true)}>Measure again</button>`
      }
    </div>`;
  }

  #measure(detail: boolean) {
    this.dispatchEvent(new CustomEvent<boolean>('measure', { detail }));
  }

  #total() {
    const bytes = this.models.offers.reduce((sum, { kept }) => sum + kept.doneBytes, 0);
    return html`<p class="total">
      ${bytes ? `${sizeText(bytes)} of models are on this device.` : 'No model is on this device yet.'}
    </p>`;
  }

  #buttons(offer: ModelOffer, isChosen: boolean, isHere: boolean) {
    const { card, state, isBundled } = offer;
    if (state.kind === 'fetching' || state.kind === 'paused' || offer.refusal) return nothing;
    const isBuiltin = card.engine === 'builtin';
    const canAsk = isBundled || isHere;
    const use = canAsk ? () => this.#emit('choose', card.id) : () => void this.#askAbout(card.id);
    return html`
      ${
        isHere && !isBundled && !isBuiltin && state.kind !== 'starting'
          ? html`<button
              class="plain icon small"
              aria-label=${`Save ${card.name} as a file`}
              title="Save as a file, for a machine without a network"
              @click=${() => this.#save(offer)}
            >
              ${icons.download}
            </button>`
          : nothing
      }
      ${
        isHere && !isBundled && !offer.kept.isUnasked
          ? html`<button
              class=${isBuiltin ? 'plain icon small' : 'plain icon small danger'}
              aria-label=${`${isBuiltin ? 'Leave out' : 'Remove'} ${card.name}`}
              title=${isBuiltin ? 'Use it here no more; it stays in the browser' : 'Remove from this device'}
              @click=${() => this.#emit('remove-model', card.id)}
            >
              ${isBuiltin ? icons.close : icons.bin}
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

  #detail(offer: ModelOffer) {
    const { card, state } = offer;
    if (state.kind === 'fetching')
      return fetchingTemplate(card, state, () => this.#emit('cancel-model', card.id));
    if (state.kind === 'paused') return this.#paused(card, state.doneBytes, state.isOffline === true);
    if (state.kind === 'starting') return startingText(state.share);
    if (offer.refusal) return this.#fault(offer.refusal, offer);
    if (this.askingId === card.id) return this.#ask(offer);
    if (state.kind === 'failed') return this.#fault(state.fault, offer);
    return nothing;
  }

  #fault(fault: FaultRecord, { card, kept }: ModelOffer) {
    return faultTemplate(fault, kept.doneBytes, this.#removable(card.id), (id) =>
      this.#emit('remove-model', id),
    );
  }

  /** Other models whose files are here, the one that was used least lately first. */
  #removable(id: string): ModelOffer[] {
    return this.models.offers
      .filter(({ card, kept, isBundled }) => card.id !== id && kept.doneBytes > 0 && !isBundled)
      .toSorted((a, b) => a.kept.usedAt - b.kept.usedAt);
  }

  #paused(card: ModelCard, doneBytes: number, isOffline: boolean) {
    return html`<div class="wide">
      <progress max=${card.sizeBytes} value=${doneBytes} aria-label=${`Fetched of ${card.name}`}></progress>
      <p class="facts" role="status">
        ${pausedText(isOffline, this.isOnline && this.isMetered)} ${sizeText(doneBytes)} of
        ${sizeText(card.sizeBytes)} are here.
        <button
          class="small"
          aria-label=${`Resume ${card.name}`}
          @click=${() => this.#emit('choose', card.id)}
        >
          Resume
        </button>
        <button
          class="plain small danger"
          aria-label=${`Remove ${card.name}`}
          @click=${() => this.#emit('remove-model', card.id)}
        >
          Delete what is here
        </button>
      </p>
    </div>`;
  }

  #ask(offer: ModelOffer) {
    const { id } = offer.card;
    const leave = () => (this.askingId = undefined);
    return askTemplate({
      offer,
      removable: this.#removable(id),
      isOnline: this.isOnline,
      isMetered: this.isMetered,
      isPersistent: this.models.isPersistent,
      freeBytes: this.freeBytes,
      onLeave: leave,
      onRemove: (other) => this.#emit('remove-model', other),
      onFetch: () => {
        leave();
        this.#emit('choose', id);
      },
      onFile: (content) => {
        leave();
        this.dispatchEvent(new CustomEvent<ModelImport>('import-model', { detail: { id, content } }));
      },
    });
  }

  async #askAbout(id: string) {
    this.askingId = id;
    // Never more than a hint: browsers say what they like here. A write that fails is the truth.
    const { quota, usage = 0 } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
    this.freeBytes = quota === undefined ? undefined : quota - usage;
  }

  async #save(offer: ModelOffer) {
    const { id, url } = offer.card;
    const content = await this.exportModel?.(id);
    if (!content) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    const name = new URL(url, document.baseURI).pathname.split('/').at(-1);
    link.download = name?.endsWith(acceptOf(offer)) ? name : id + acceptOf(offer);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  #backdrop(event: MouseEvent) {
    if (event.target === this.dialog) this.dialog.close();
  }

  #emit(type: 'choose' | 'cancel-model' | 'remove-model', id: string) {
    this.dispatchEvent(new CustomEvent(type, { detail: id }));
  }
}
