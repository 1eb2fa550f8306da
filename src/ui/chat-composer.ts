/**
 * `<smallfirst-chat-composer>`: where a message is written.
 * Properties: `isReady` (what is sent before is sent then), `isAnswering`, `text`. Events: `send` (detail: the text), `stop`, `draft` (detail: the text so far).
 */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { icons } from './icons';
import { controls } from './theme';

@customElement('smallfirst-chat-composer')
export class ChatComposer extends LitElement {
  static override readonly shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true };
  static override readonly styles = [
    controls,
    css`
      form {
        display: flex;
        align-items: flex-end;
        gap: 0.5rem;
        padding: 0.5rem;
        border: 1px solid var(--sf-line);
        border-radius: 22px;
        background: var(--sf-surface);
        box-shadow: 0 2px 14px light-dark(#1b1e1a0f, #00000040);
      }
      form:focus-within {
        border-color: var(--sf-accent);
      }
      textarea {
        flex: 1;
        min-width: 0;
        min-height: 2.5rem;
        max-height: min(40dvh, 18rem);
        padding: 0.45rem 0.6rem;
        border: 0;
        background: none;
        resize: none;
        outline: none;
        overflow-y: auto;
      }
      textarea:focus-visible {
        outline: none;
      }
      textarea::placeholder {
        color: var(--sf-muted);
        opacity: 1;
      }
      button {
        border-radius: 50%;
      }
    `,
  ];

  @property({ type: Boolean }) isReady = false;
  @property({ type: Boolean }) isAnswering = false;
  @property() text = '';
  @query('textarea') private textarea!: HTMLTextAreaElement;
  /** Enter came before the app was ready. */
  #isEntered = false;

  /** Puts a text below what is written already. */
  add(text: string): void {
    this.text = [this.text.trimEnd(), text].filter(Boolean).join('\n\n');
    this.#emit('draft', this.text);
    this.focus();
  }

  override render() {
    return html`<form role="group" aria-label="Write a message" @submit=${this.#submit}>
      <textarea
        role="textbox"
        aria-label="Message"
        aria-multiline="true"
        placeholder="Ask anything"
        rows="1"
        enterkeyhint="send"
        .value=${this.text}
        @input=${this.#input}
        @keydown=${this.#keydown}
      ></textarea>
      ${
        this.isAnswering
          ? html`<button
              type="button"
              class="icon primary"
              aria-label="Stop"
              title="Stop (Esc)"
              @click=${this.#stop}
            >
              ${icons.stop}
            </button>`
          : html`<button
              class="icon primary"
              aria-label="Send"
              title="Send (Enter)"
              ?disabled=${!this.#canSend}
            >
              ${icons.send}
            </button>`
      }
    </form>`;
  }

  override willUpdate() {
    if (this.isReady && this.#isEntered) this.#send();
  }

  override updated(changed: PropertyValues<this>) {
    if (changed.has('text')) this.#fitHeight();
  }

  /** Grows with its text. `field-sizing` would do it where there is one; Firefox has none (2026). */
  #fitHeight() {
    const { textarea } = this;
    textarea.style.height = 'auto';
    textarea.style.height = `${textarea.scrollHeight}px`;
  }

  #input() {
    this.text = this.textarea.value;
    this.#isEntered = false;
    this.#emit('draft', this.text);
  }

  #keydown(event: KeyboardEvent) {
    if (event.key === 'Escape' && this.isAnswering) this.#stop();
    // While an input method composes, Enter accepts its suggestion; Safari says so only by key code 229.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event: Event) {
    event.preventDefault();
    if (this.isReady) this.#send();
    else this.#isEntered = true;
  }

  #send() {
    this.#isEntered = false;
    if (!this.#canSend) return;
    this.#emit('send', this.text);
    this.text = '';
    this.#emit('draft', '');
  }

  get #canSend() {
    return this.isReady && !this.isAnswering && this.text.trim() !== '';
  }

  #stop() {
    this.#emit('stop');
    this.textarea.focus();
  }

  #emit(type: 'send' | 'stop' | 'draft', detail?: string) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
