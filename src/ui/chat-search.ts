/**
 * `<chat-search>`: finds words in all conversations; `show()` opens it.
 * Property: `archive`. Event: `open-hit` (detail: a SearchHit).
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Archive, SearchHit, SearchResult, SearchText } from '../kernel/archive';
import { FAULTS, faultOf, type FaultCode } from '../kernel/fault';
import { searchStyles } from './chat-search-styles';
import { dialogStyles } from './dialog-styles';
import { icons } from './icons';
import { controls } from './theme';
import { dayText } from './words';

@customElement('chat-search')
export class ChatSearch extends LitElement {
  static override readonly styles = [controls, dialogStyles, searchStyles];

  @property({ attribute: false }) archive!: Archive;
  @state() private words = '';
  @state() private result: SearchResult | undefined;
  @state() private faultCode: FaultCode | undefined;
  @state() private selected = 0;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('input') private input!: HTMLInputElement;

  /** Opens as a modal dialog; what was looked for last is still there, and selected. */
  show(): void {
    if (!this.dialog.open) this.dialog.showModal();
    this.input.select();
    void this.#search();
  }

  override render() {
    const { hits = [] } = this.result ?? {};
    return html`<dialog aria-label="Search chats" @click=${this.#backdrop}>
      <div class="field">
        ${icons.search}
        <input
          type="search"
          role="combobox"
          aria-label="Search chats"
          aria-autocomplete="list"
          aria-expanded=${hits.length > 0}
          aria-controls="hits"
          aria-activedescendant=${hits.length > 0 ? `hit-${this.selected}` : nothing}
          placeholder="Search in all chats"
          autocomplete="off"
          enterkeyhint="search"
          .value=${this.words}
          @input=${this.#typed}
          @keydown=${this.#key}
        />
        <button class="plain icon" aria-label="Close" @click=${() => this.dialog.close()}>
          ${icons.close}
        </button>
      </div>
      <ul id="hits" role="listbox" aria-label="Found chats">
        ${hits.map((hit, at) => this.#hit(hit, at))}
      </ul>
      <p class="muted" role="status">${this.#status()}</p>
    </dialog>`;
  }

  #hit(hit: SearchHit, at: number) {
    return html`<li
      id=${`hit-${at}`}
      role="option"
      aria-selected=${at === this.selected}
      data-id=${hit.id}
      @click=${() => this.#open(hit)}
      @pointermove=${() => (this.selected = at)}
    >
      <span class="head"
        ><bdi class="name">${marks(hit.title)}</bdi><time>${dayText(hit.updatedAt)}</time></span
      >
      <span class="excerpt" dir="auto">${marks(hit.excerpt)}</span>
    </li>`;
  }

  #status() {
    if (this.faultCode) {
      const [happened, next] = FAULTS[this.faultCode];
      return html`<span data-code=${this.faultCode}>${happened} ${next}</span>`;
    }
    if (!this.result) return nothing;
    const { hits, readCount, totalCount } = this.result;
    if (readCount < totalCount) return `Reading: ${readCount} of ${totalCount} chats …`;
    if (!this.words.trim()) return `${totalCount} ${totalCount === 1 ? 'chat' : 'chats'} on this device.`;
    return hits.length === 0 ? 'Nothing found. Other words, or fewer of them?' : '';
  }

  #typed() {
    this.words = this.input.value;
    this.selected = 0;
    void this.#search();
  }

  /** Asks again while conversations are still being read; ends when other words are wanted, or nobody looks. */
  async #search() {
    const { words } = this;
    try {
      let result: SearchResult;
      do {
        result = await this.archive.search(words);
        if (words !== this.words || !this.dialog.open) return;
        this.result = result;
        this.faultCode = undefined;
        this.selected = Math.min(this.selected, Math.max(0, result.hits.length - 1));
      } while (result.readCount < result.totalCount);
    } catch (error) {
      this.faultCode = faultOf(error, 'storage_failed').code;
    }
  }

  #key(event: KeyboardEvent) {
    const hits = this.result?.hits ?? [];
    const hit = hits[this.selected];
    if (event.key === 'Enter' && !event.isComposing && hit) this.#open(hit);
    // In a search field Escape would clear the field first.
    if (event.key === 'Escape') this.dialog.close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || hits.length === 0) return;
    event.preventDefault();
    this.selected = (this.selected + step + hits.length) % hits.length;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }),
    );
  }

  #open(hit: SearchHit) {
    this.dialog.close();
    this.dispatchEvent(new CustomEvent('open-hit', { detail: hit }));
  }

  #backdrop(event: MouseEvent) {
    if (event.target === this.dialog) this.dialog.close();
  }
}

function marks(pieces: readonly SearchText[]) {
  return pieces.map(({ text, isMatch }) => (isMatch ? html`<mark>${text}</mark>` : text));
}
