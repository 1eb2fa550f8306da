/**
 * `<smallfirst-chat-thread>`: the conversation, following its end while the reader is there.
 * Slot: `empty` (before anything was asked). Parts: `question`, `answer`.
 * Properties: `messages`, `conversationId`, `target`, `progress`, `model`, `flagship`. Events: `suggest` (detail: a question), and those of its messages.
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ModelCard } from '../kernel/config';
import type { ChatMessage } from '../kernel/history';
import './chat-message';
import { holdInView } from './hold-in-view';
import { icons } from './icons';
import { controls } from './theme';

/** This near to the end counts as being there. */
const NEAR_PX = 60;
/** How a message that was looked for shows itself. */
const FLASH = [{ backgroundColor: 'var(--sf-accent-soft)' }, { backgroundColor: 'transparent' }];
const FLASH_MS = 1_600;
const SUGGESTIONS = [
  'What can you do?',
  'What is the capital of Japan?',
  'Does anything I write leave this device?',
];

@customElement('smallfirst-chat-thread')
export class ChatThread extends LitElement {
  static override readonly styles = [
    controls,
    css`
      :host {
        position: relative;
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      [role='log'] {
        flex: 1;
        min-height: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-gutter: stable both-edges;
        padding: 0.5rem 1rem 1.5rem;
      }
      .column {
        max-width: 46rem;
        min-height: 100%;
        margin-inline: auto;
      }
      smallfirst-chat-message {
        content-visibility: auto;
        contain-intrinsic-size: auto 6rem;
      }
      smallfirst-chat-message:last-of-type {
        content-visibility: visible;
      }
      .latest {
        position: absolute;
        bottom: 0.6rem;
        left: 50%;
        translate: -50%;
        border-radius: 50%;
        box-shadow: var(--sf-shadow);
      }
      .empty {
        display: grid;
        align-content: center;
        min-height: 100%;
        max-width: 38rem;
        margin-inline: auto;
        padding-block: 1.5rem;
      }
      h2 {
        margin: 1rem 0 0.3rem;
        font-size: clamp(1.5rem, 1.1rem + 2vw, 2.1rem);
        line-height: 1.2;
        letter-spacing: -0.02em;
        text-wrap: balance;
      }
      .empty > p {
        margin: 0 0 1.4rem;
        color: var(--sf-muted);
        text-wrap: pretty;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin: 0 0 1.8rem;
        padding: 0;
        list-style: none;
      }
      .suggestion {
        border-radius: 99px;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
        gap: 1rem;
        margin: 0;
        padding-top: 1.2rem;
        border-top: 1px solid var(--sf-line);
      }
      dt {
        font-weight: 600;
        font-size: 0.95rem;
      }
      dd {
        margin: 0;
        color: var(--sf-muted);
        font-size: 0.88rem;
        line-height: 1.45;
      }
      .model {
        padding: 0.6rem 0.9rem;
        border-radius: 12px;
        background: var(--sf-surface-2);
        font-size: 0.92rem;
      }
      .empty > svg {
        width: 44px;
        height: 44px;
      }
    `,
  ];

  @property({ attribute: false }) messages: readonly ChatMessage[] = [];
  @property() conversationId = '';
  /** A message to bring into view, in place of the end. */
  @property({ attribute: false }) target: { readonly id: string } | undefined;
  @property() progress = '';
  /** The model that answers, where one is chosen. */
  @property({ attribute: false }) model: ModelCard | undefined;
  /** The large model's name, where this site has one. */
  @property() flagship: string | undefined;
  @state() private isAtEnd = true;
  @query('[role=log]') private log!: HTMLElement;

  override render() {
    return html`
      <div role="log" aria-label="Conversation" tabindex="0" @scroll=${this.#scrolled}>
        ${this.messages.length === 0 ? this.#empty() : this.#messages()}
      </div>
      ${
        this.isAtEnd
          ? ''
          : html`<button
              class="icon latest"
              aria-label="To the latest message"
              @click=${() => this.#toEnd('smooth')}
            >
              ${icons.down}
            </button>`
      }
    `;
  }

  override updated(changed: PropertyValues<this>) {
    const isOther = changed.has('conversationId');
    const before = changed.get('messages')?.length ?? 0;
    const isAsked = changed.has('messages') && this.messages.length > before && before > 0;
    if (isOther || isAsked || (this.isAtEnd && changed.has('messages'))) this.#toEnd('instant');
    this.#showTarget(changed.has('target'));
  }

  override connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) this.#follow();
  }

  override firstUpdated() {
    this.#follow();
  }

  #follow() {
    // Markdown and late heights grow the column after the update: the end is followed all the same.
    const column = new ResizeObserver(() => this.isAtEnd && this.#toEnd('instant'));
    column.observe(this.log);
    this.#observer = column;
  }

  #observer: ResizeObserver | undefined;

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  #messages() {
    const last = this.messages.at(-1);
    return html`<div class="column">
      ${repeat(
        this.messages,
        ({ id }) => id,
        (message, at) =>
          html`<smallfirst-chat-message
            data-id=${message.id}
            exportparts="question, answer"
            .message=${message}
            .question=${message.role === 'assistant' ? this.messages[at - 1] : undefined}
            .flagship=${this.flagship}
            .isLast=${message === last}
            .progress=${message === last ? this.progress : ''}
          ></smallfirst-chat-message>`,
      )}
    </div>`;
  }

  /** It may come later than the wish to see it: its conversation is still being read. */
  #showTarget(isNew: boolean) {
    if (isNew) this.#isSought = this.target !== undefined;
    if (!this.#isSought) return;
    const message = this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(this.target!.id)}"]`);
    if (!message) return;
    this.#isSought = false;
    message.animate(FLASH, FLASH_MS);
    holdInView(message, this.log);
  }

  #isSought = false;

  #empty() {
    return html`<slot name="empty"
      ><div class="empty">
        ${icons.logo}
        <h2>Ask. It is answered right here.</h2>
        <p>
          A small language model runs in this browser. Your words stay on this device, and an answer costs
          nothing.
        </p>
        ${
          this.model
            ? html`<p class="model">
                <strong>${this.model.name}</strong> answers here now. ${this.model.about ?? ''}
              </p>`
            : ''
        }
        <ul aria-label="Suggestions">
          ${SUGGESTIONS.map(
            (text) =>
              html`<li>
                <button
                  class="suggestion"
                  @click=${() => this.dispatchEvent(new CustomEvent('suggest', { detail: text }))}
                >
                  ${text}
                </button>
              </li>`,
          )}
        </ul>
        <dl>
          <div>
            <dt>Private</dt>
            <dd>No account, no server that reads along.</dd>
          </div>
          <div>
            <dt>Free</dt>
            <dd>Your own processor does the work.</dd>
          </div>
          <div>
            <dt>Offline</dt>
            <dd>Once a model is here, no network is needed.</dd>
          </div>
        </dl>
      </div></slot
    >`;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #toEnd(behavior: ScrollBehavior) {
    this.log.scrollTo({ top: this.log.scrollHeight, behavior });
    this.isAtEnd = true;
  }
}
