/**
 * `<chat-message>`: one question or one answer, with where it was made and what can be done with it.
 * Properties: `message`, `isLast`, `progress` (what a waiting answer waits for). Events: `retry`, `choose-model`.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import { FAULTS, type FaultRecord } from '../kernel/fault';
import { icons } from './icons';
import { markdownStyles } from './markdown/markdown-styles';
import type { MarkdownView } from './markdown/markdown-view';
import { controls } from './theme';

const COPIED_MS = 2_000;
/** For these another model is the way out. */
const MODEL_FAULTS = new Set([
  'no_model',
  'out_of_memory',
  'quota',
  'shard_http_404',
  'model_file',
  'no_wasm',
]);

@customElement('chat-message')
export class ChatMessageElement extends LitElement {
  static override readonly styles = [
    controls,
    markdownStyles,
    css`
      :host {
        display: block;
        margin-block: 1.1rem;
      }
      .question {
        width: fit-content;
        max-width: 85%;
        margin-inline-start: auto;
        padding: 0.55rem 0.95rem;
        border-radius: 18px 18px 5px 18px;
        background: var(--sf-accent-soft);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.15rem 0.6rem;
        margin-top: 0.3rem;
        color: var(--sf-muted);
        font-size: 0.83rem;
      }
      .place {
        display: inline-flex;
        align-items: center;
        gap: 0.35rem;
      }
      .place svg {
        width: 15px;
        height: 15px;
        color: var(--sf-accent);
      }
      @media (max-width: 26rem) {
        .speed {
          display: none;
        }
      }
      .actions {
        display: flex;
        margin-inline-start: auto;
      }
      .actions button {
        color: var(--sf-muted);
      }
      .actions svg {
        width: 17px;
        height: 17px;
      }
      .waiting {
        display: flex;
        align-items: center;
        gap: 0.6rem;
        color: var(--sf-muted);
      }
      .dots {
        display: inline-flex;
        gap: 4px;
      }
      .dots i {
        width: 7px;
        height: 7px;
        border-radius: 50%;
        background: var(--sf-accent);
        animation: pulse 1.2s infinite ease-in-out;
      }
      .dots i:nth-child(2) {
        animation-delay: 0.15s;
      }
      .dots i:nth-child(3) {
        animation-delay: 0.3s;
      }
      @keyframes pulse {
        0%,
        60%,
        100% {
          opacity: 0.25;
        }
        30% {
          opacity: 1;
        }
      }
      .note {
        margin: 0.5rem 0 0;
        color: var(--sf-muted);
        font-size: 0.9rem;
      }
      .fault {
        display: flex;
        gap: 0.7rem;
        margin-top: 0.5rem;
        padding: 0.7rem 0.9rem;
        border-radius: 12px;
        background: var(--sf-danger-soft);
      }
      .fault > svg {
        margin-top: 2px;
        color: var(--sf-danger);
      }
      .fault p {
        margin: 0;
      }
      .fault .next {
        color: var(--sf-muted);
        font-size: 0.9rem;
      }
      .fault div div {
        display: flex;
        gap: 0.5rem;
        margin-top: 0.5rem;
      }
    `,
  ];

  @property({ attribute: false }) message!: ChatMessage;
  @property({ type: Boolean }) isLast = false;
  @property() progress = '';
  @state() private isCopied = false;
  @query('.text') private textElement!: HTMLElement | null;
  #view: MarkdownView | undefined;

  override render() {
    const { message } = this;
    this.setAttribute('role', 'article');
    this.setAttribute('aria-label', message.role === 'user' ? 'You' : 'Answer');
    this.setAttribute('aria-busy', String(message.status === 'streaming'));
    this.dataset['role'] = message.role;
    this.dataset['status'] = message.status;
    if (message.answer) this.dataset['place'] = message.answer.place;
    return message.role === 'user'
      ? html`<div class="question" dir="auto">${message.text}</div>`
      : html`${this.#waiting()}
          <div class="text" dir="auto"></div>
          ${this.#outcome()} ${message.status === 'streaming' ? nothing : this.#footer()}`;
  }

  override updated(changed: PropertyValues<this>) {
    if (this.textElement && changed.has('message')) void this.#showText(this.textElement);
  }

  async #showText(container: HTMLElement) {
    if (!this.#view && !this.message.text) return;
    try {
      // Not part of the first load: nobody has asked anything by then.
      const { createMarkdownView } = await import('./markdown/markdown-view');
      this.#view ??= createMarkdownView(container);
    } catch {
      // The chunk could not be fetched: Markdown is readable as it is.
      container.textContent = this.message.text;
      return;
    }
    this.#view.update(this.message.text, { isFinal: this.message.status !== 'streaming' });
  }

  #waiting() {
    if (this.message.status !== 'streaming' || this.message.text) return nothing;
    return html`<p class="waiting">
      <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span
      >${this.progress || 'Reading your question'}
    </p>`;
  }

  #outcome() {
    const { status, fault, answer } = this.message;
    if (status === 'failed' && fault) return this.#fault(fault);
    if (answer?.isHandOver && this.isLast && status === 'done') return this.#handOver();
    const note =
      status === 'stopped'
        ? 'You stopped this answer.'
        : status === 'incomplete'
          ? 'The page was closed before this answer was finished.'
          : answer?.cut === 'length'
            ? 'This answer was cut off: it reached the length limit.'
            : answer?.cut === 'repetition'
              ? 'This answer was cut off: the model had begun to repeat itself.'
              : undefined;
    return note ? html`<p class="note">${note}</p>` : nothing;
  }

  #fault({ code, detail }: FaultRecord) {
    const [happened, next] = FAULTS[code];
    return html`<div class="fault" role="alert" data-code=${code}>
      ${icons.warn}
      <div>
        <p title=${detail ?? nothing}>${happened}</p>
        <p class="next">${next}</p>
        <div>
          ${this.isLast ? html`<button class="small" @click=${() => this.#emit('retry')}>Try again</button>` : nothing}
          ${
            MODEL_FAULTS.has(code)
              ? html`<button class="small" @click=${() => this.#emit('choose-model')}>Choose a model</button>`
              : nothing
          }
        </div>
      </div>
    </div>`;
  }

  #handOver() {
    return html`<p class="note hand-over">
      <button class="small" @click=${() => this.#emit('choose-model')}>
        Get a larger model for this device
      </button>
    </p>`;
  }

  #footer() {
    const { answer, text } = this.message;
    return html`<footer>
      ${
        answer
          ? html`<span class="place">${icons.device} On this device</span
              ><span>${answer.modelName}</span> ${speedText(answer)}`
          : nothing
      }
      <span class="actions">
        ${
          text
            ? html`<button class="plain icon small" aria-label="Copy" title="Copy" @click=${this.#copy}>
                ${this.isCopied ? icons.check : icons.copy}
              </button>`
            : nothing
        }
        ${
          this.isLast
            ? html`<button
                class="plain icon small"
                aria-label="Retry"
                title="Answer again"
                @click=${() => this.#emit('retry')}
              >
                ${icons.retry}
              </button>`
            : nothing
        }
      </span>
      <span class="visually-hidden" role="status">${this.isCopied ? 'Copied' : ''}</span>
    </footer>`;
  }

  async #copy() {
    await navigator.clipboard.writeText(this.message.text);
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), COPIED_MS);
  }

  #emit(type: 'retry' | 'choose-model') {
    this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true }));
  }
}

/** Tokens a second, from the first text to the last. */
function speedText({ usage, firstTextMs, durationMs }: AnswerFacts) {
  if (!usage || firstTextMs === undefined || durationMs === undefined || usage.completionTokens < 2)
    return nothing;
  const seconds = (durationMs - firstTextMs) / 1_000;
  if (seconds <= 0) return nothing;
  const perSecond = (usage.completionTokens - 1) / seconds;
  return html`<span class="speed"
    >${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} tokens/s</span
  >`;
}
