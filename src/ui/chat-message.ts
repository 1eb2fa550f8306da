/**
 * `<smallfirst-chat-message>`: one question or one answer, with where it was made and what can be done with it.
 * Properties: `message`, `question` (of an answer), `isLast`, `progress` (what a waiting answer waits for), `flagship` (the large
 * model's name, where there is one). Events: `retry`, `choose-model`, `ask-cloud`, `keep-here` (detail: whether it is kept), `cancel-later`.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import { FAULTS, type FaultRecord } from '../kernel/fault';
import { LATER_MS } from '../kernel/later-ticket';
import { healingText } from '../kernel/healing';
import { ESCALATION_REASONS, STAY_REASONS } from '../kernel/route';
import { messageStyles } from './chat-message-styles';
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

@customElement('smallfirst-chat-message')
export class ChatMessageElement extends LitElement {
  static override readonly styles = [controls, markdownStyles, messageStyles];

  @property({ attribute: false }) message!: ChatMessage;
  @property({ attribute: false }) question: ChatMessage | undefined;
  @property({ type: Boolean }) isLast = false;
  @property() flagship: string | undefined;
  @property() progress = '';
  @state() private isCopied = false;
  @state() private isReceiptOpen = false;
  @query('.text') private textElement!: HTMLElement | null;
  #view: MarkdownView | undefined;

  override render() {
    const { message } = this;
    this.setAttribute('role', 'article');
    this.setAttribute('aria-label', message.role === 'user' ? 'You' : 'Answer');
    this.setAttribute('aria-busy', String(message.status === 'streaming'));
    this.dataset['role'] = message.role;
    this.dataset['status'] = message.status;
    if (message.answer?.engineId) this.dataset['place'] = message.answer.place;
    return message.role === 'user'
      ? html`<div class="question" part="question" dir="auto">${message.text}</div>`
      : html`${this.#waiting()}
          <div class="text" part="answer" dir="auto"></div>
          ${this.#healed()} ${this.#outcome()} ${message.status === 'streaming' ? nothing : this.#footer()}`;
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
    if (status === 'waiting') return this.#later();
    if (answer?.isHandOver && this.isLast && status === 'done')
      return html`${this.#stayed()}${this.#handOver()}`;
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
    return html`${note ? html`<p class="note">${note}</p>` : nothing}${this.#stayed()}`;
  }

  /** What went wrong meanwhile, and was put right: the last of it is what matters now. */
  #healed() {
    const last = this.message.answer?.healed?.at(-1);
    if (!last) return nothing;
    return html`<p class="note healed" role="status" data-healed=${last.did} data-cause=${last.cause}>
      ${healingText(last)}
    </p>`;
  }

  /** Why the large model was not asked, where the router wanted it; a site without one need not say so each time. */
  #stayed() {
    const { wanted, stayed } = this.message.answer?.routing ?? {};
    if (!wanted || !stayed || (stayed === 'no_server' && wanted !== 'asked')) return nothing;
    return html`<p class="note stayed" data-stayed=${stayed}>
      ${ESCALATION_REASONS[wanted]} It was not sent to the large model: ${STAY_REASONS[stayed]}
    </p>`;
  }

  #later() {
    const askedAt = this.message.later?.askedAt ?? this.message.createdAt;
    return html`<div class="later">
      ${icons.clock}
      <div>
        <p>
          <strong>Waiting for a cheaper answer</strong>, asked ${timeOf(askedAt)}. It is here by
          ${timeOf(askedAt + LATER_MS)}.
        </p>
        <p class="next">
          ${this.message.text ? 'Until then, this is what the model on this device made of it. ' : nothing}You
          can go on, or close this page: it is fetched when you are back.
        </p>
      </div>
      <button class="small" @click=${() => this.#emit('cancel-later')}>Cancel</button>
    </div>`;
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
    const isCloud = answer?.place === 'cloud';
    const isKept = this.question?.isKept === true;
    return html`<footer>
        ${
          answer?.engineId
            ? html`<span class="place"
                  >${isCloud ? icons.cloud : icons.device}
                  ${isCloud ? 'In the cloud' : 'On this device'}</span
                ><span class="model">${answer.modelName}</span> ${speedText(answer)}
                <button class="plain small" aria-expanded=${this.isReceiptOpen} @click=${this.#toggleReceipt}>
                  Receipt
                </button>`
            : nothing
        }
        <span class="actions">
          ${
            this.flagship && !isCloud && !isKept
              ? html`<button class="plain small" @click=${() => this.#emit('ask-cloud')}>
                  ${icons.cloud} Ask ${this.flagship}
                </button>`
              : nothing
          }
          ${
            this.flagship
              ? html`<button
                  class="plain icon small"
                  aria-label="Keep on this device"
                  aria-pressed=${isKept}
                  title=${isKept ? 'This exchange is never sent to the cloud' : 'Keep on this device'}
                  @click=${() => this.#emit('keep-here', !isKept)}
                >
                  ${icons.lock}
                </button>`
              : nothing
          }
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
      </footer>
      ${this.isReceiptOpen && answer ? html`<smallfirst-answer-receipt .answer=${answer}></smallfirst-answer-receipt>` : nothing}`;
  }

  #toggleReceipt() {
    this.isReceiptOpen = !this.isReceiptOpen;
    // Fetched ahead where the page had time for it; a file that is gone is told by `vite:preloadError`.
    if (this.isReceiptOpen) void import('./answer-receipt').catch(() => undefined);
  }

  async #copy() {
    await navigator.clipboard.writeText(this.message.text);
    this.isCopied = true;
    setTimeout(() => (this.isCopied = false), COPIED_MS);
  }

  #emit(type: 'retry' | 'choose-model' | 'ask-cloud' | 'keep-here' | 'cancel-later', isKept?: boolean) {
    const detail = { id: this.message.id, isKept };
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

/** Tokens a second, from the first text to the last; over all the time where the answer came at once. A network's speed is not the model's. */
function speedText({ place, usage, firstTextMs, durationMs }: AnswerFacts) {
  if (place === 'cloud' || !usage || firstTextMs === undefined || durationMs === undefined) return nothing;
  const decodeMs = durationMs - firstTextMs;
  const seconds = (decodeMs < durationMs / 10 ? durationMs : decodeMs) / 1_000;
  if (usage.completionTokens < 2 || seconds <= 0) return nothing;
  const perSecond = usage.completionTokens / seconds;
  return html`<span class="speed"
    >${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)} tokens/s</span
  >`;
}

/** The day is said where it is not today's. */
function timeOf(ms: number) {
  const date = new Date(ms);
  const isToday = date.toDateString() === new Date().toDateString();
  const text = date.toLocaleString(undefined, {
    hour: 'numeric',
    minute: '2-digit',
    ...(isToday ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
  });
  return html`<time datetime=${date.toISOString()}>${text}</time>`;
}
