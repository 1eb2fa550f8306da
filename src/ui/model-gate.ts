/**
 * `<smallfirst-model-gate>`: which model answers; says what one weighs before it is fetched, and shows it coming.
 * Properties: `models`, `isOnline`, `exportModel`. Events: `choose`, `cancel-model`, `remove-model` (detail: the model's id),
 * `import-model` (detail: id and content).
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ModelOffer, ModelsState } from '../kernel/app-state';
import type { ModelCard } from '../kernel/config';
import { FAULTS, type FaultRecord } from '../kernel/fault';
import { dialogStyles } from './dialog-styles';
import { icons } from './icons';
import { gateStyles } from './model-gate-styles';
import { controls } from './theme';
import { dayGroupOf, sizeText, timeLeftText } from './words';

export interface ModelImport {
  readonly id: string;
  readonly content: Blob;
}

@customElement('smallfirst-model-gate')
export class ModelGate extends LitElement {
  static override readonly styles = [controls, dialogStyles, gateStyles];

  @property({ attribute: false }) models: ModelsState = { offers: [], chosenId: undefined };
  @property({ type: Boolean }) isOnline = true;
  @property({ attribute: false }) exportModel?: (id: string) => Promise<Blob | undefined>;
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
      <p class="intro" data-gpu=${this.models.gpu?.kind ?? 'unknown'}>
        Each of these runs in this browser. A larger one knows more and answers more slowly. It is fetched
        once, then kept on this device. ${GPU_WORDS[this.models.gpu?.kind ?? 'gpu']}
        ${this.models.gpu?.kind === 'gpu' && !this.models.gpu.hasF16 ? NO_F16 : nothing}
      </p>
      <ul>
        ${this.models.offers.map((offer) => this.#offer(offer))}
      </ul>
      ${this.#total()}
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
          ${card.engine === 'webllm' ? 'Graphics processor · about ' : nothing}${sizeText(card.sizeBytes)} ·
          ${card.memoryBytes ? `${sizeText(card.memoryBytes)} of memory ·` : nothing} ${card.licence} ·
          ${card.contextTokens.toLocaleString('en')} tokens of
          context${
            card.source
              ? html` · <a href=${card.source} target="_blank" rel="noopener noreferrer">About it</a>`
              : nothing
          }${isHere ? keptText(offer) : nothing}
        </p>
      </div>
      <div class="buttons">${this.#buttons(offer, isChosen, isHere)}</div>
      ${this.#detail(offer)}
    </li>`;
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
    const canAsk = isBundled || isHere;
    const use = canAsk ? () => this.#emit('choose', card.id) : () => (this.askingId = card.id);
    return html`
      ${
        isHere && !isBundled && offer.isOneFile && state.kind !== 'starting'
          ? html`<button
              class="plain icon small"
              aria-label=${`Save ${card.name} as a file`}
              title="Save as a file, for a machine without a network"
              @click=${() => this.#save(card)}
            >
              ${icons.download}
            </button>`
          : nothing
      }
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

  #detail(offer: ModelOffer) {
    const { card, state, kept } = offer;
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
            aria-label=${`Pause ${card.name}`}
            @click=${() => this.#emit('cancel-model', card.id)}
          >
            Pause
          </button>
        </p>
      </div>`;
    }
    if (state.kind === 'paused') return this.#paused(card, state.doneBytes, state.isOffline === true);
    if (state.kind === 'starting') return startingText(state.share);
    if (offer.refusal) return this.#fault(offer.refusal, kept.doneBytes);
    if (this.askingId === card.id) return this.#ask(offer);
    if (state.kind === 'failed') return this.#fault(state.fault, kept.doneBytes);
    return nothing;
  }

  #fault({ code, detail }: FaultRecord, keptBytes: number) {
    const [happened, next] = FAULTS[code];
    return html`<p class="wide fault" role="alert" data-code=${code}>
      ${happened} ${next}
      ${keptBytes ? `${sizeText(keptBytes)} of it are kept; it goes on from there.` : nothing}
      <span class="facts">${detail ?? ''}</span>
    </p>`;
  }

  #paused(card: ModelCard, doneBytes: number, isOffline: boolean) {
    return html`<div class="wide">
      <progress max=${card.sizeBytes} value=${doneBytes} aria-label=${`Fetched of ${card.name}`}></progress>
      <p class="facts" role="status">
        ${isOffline ? 'No network. It goes on by itself when there is one.' : 'Paused.'}
        ${sizeText(doneBytes)} of ${sizeText(card.sizeBytes)} are here.
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

  #ask({ card, isOneFile }: ModelOffer) {
    return html`<div class="wide ask" role="group" aria-label=${`Fetch ${card.name}?`}>
      <p>
        ${
          this.isOnline
            ? html`This fetches <strong>${sizeText(card.sizeBytes)}</strong> from
                ${new URL(card.url, document.baseURI).host} and keeps it on this
                device.${isMetered() ? ' This connection is metered, or set to save data.' : nothing}`
            : 'You are offline. It can be fetched when there is a network.'
        }
      </p>
      ${
        isOneFile
          ? html`<button class="small" @click=${this.#pick}>I have the file</button>
              <input
                type="file"
                hidden
                accept=".gguf"
                aria-label=${`File of ${card.name}`}
                @change=${(event: Event) => this.#import(card.id, event)}
              />`
          : nothing
      }
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

  #pick({ target }: Event) {
    ((target as HTMLElement).nextElementSibling as HTMLInputElement).click();
  }

  #import(id: string, { target }: Event) {
    const content = (target as HTMLInputElement).files?.[0];
    if (!content) return;
    this.askingId = undefined;
    this.dispatchEvent(new CustomEvent<ModelImport>('import-model', { detail: { id, content } }));
  }

  async #save({ id, url }: ModelCard) {
    const content = await this.exportModel?.(id);
    if (!content) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = new URL(url, document.baseURI).pathname.split('/').at(-1) ?? `${id}.gguf`;
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

const GPU_WORDS = {
  gpu: '',
  none: 'This browser offers no graphics processor to a page: these run on the processor.',
  software: 'This browser only imitates a graphics processor: these run on the processor, which is faster.',
} as const;
const NO_F16 =
  'This graphics processor has no 16-bit arithmetic: its models come in a form that wants more memory and is slower.';

function startingText(share: number | undefined) {
  return html`<div class="wide">
    ${share === undefined ? nothing : html`<progress max="1" value=${share} aria-label="Starting"></progress>`}
    <p class="facts" role="status">
      ${share === undefined ? 'Starting …' : 'Preparing the graphics processor … The first time takes longest.'}
    </p>
  </div>`;
}

/** What is known of the files of a model that is here. */
function keptText({ kept }: ModelOffer): string {
  const used = kept.usedAt ? ` · last used ${dayGroupOf(kept.usedAt, Date.now()).toLowerCase()}` : '';
  return `${kept.isVerified ? ' · verified' : ''}${used}`;
}

/** Chromium alone tells: https://developer.mozilla.org/docs/Web/API/NetworkInformation */
function isMetered(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean; type?: string } };
  return connection?.saveData === true || connection?.type === 'cellular';
}
