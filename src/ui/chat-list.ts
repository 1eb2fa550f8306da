/**
 * `<chat-list>`: the conversations, by day, of which it draws those in view; each can be opened, pinned, renamed and deleted.
 * Properties: `conversations`, `currentId`, `answeringIds`. Events: `open-chat`, `remove` (detail: id), `rename` (detail: `{id, title}`),
 * `pin` (detail: `{id, isPinned}`).
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ConversationSummary } from '../kernel/history';
import { listStyles } from './chat-list-styles';
import { icons } from './icons';
import { windowOf } from './list-window';
import { controls } from './theme';
import { dayGroupsOf } from './words';

/** A heading, or a conversation with its number among all. */
type Row =
  | { readonly heading: string }
  | { readonly conversation: ConversationSummary; readonly number: number };

/** In `rem`, as the styles have it: of a heading and of a conversation. */
const ROW_REM = 2.5;

@customElement('chat-list')
export class ChatList extends LitElement {
  static override readonly styles = [controls, listStyles];

  @property({ attribute: false }) conversations: readonly ConversationSummary[] = [];
  @property() currentId = '';
  @property({ attribute: false }) answeringIds: readonly string[] = [];
  @state() private renamingId: string | undefined;
  @state() private scrolledPx = 0;
  @state() private heightPx = 800;
  #rows: readonly Row[] = [];
  #tops: readonly number[] = [0];
  #resizes = new ResizeObserver(() => (this.heightPx = this.clientHeight));

  constructor() {
    super();
    this.addEventListener('scroll', () => (this.scrolledPx = this.scrollTop), { passive: true });
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('conversations')) return;
    this.#rows = rowsOf(this.conversations, Date.now());
    const rowPx = ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.#tops = Array.from({ length: this.#rows.length + 1 }, (_, index) => index * rowPx);
  }

  override render() {
    if (this.conversations.length === 0) {
      return html`<p class="none">Your chats appear here. They are kept on this device only.</p>`;
    }
    const { from, to } = this.#window;
    const groups: { heading: string | undefined; rows: Exclude<Row, { heading: string }>[] }[] = [];
    for (const row of this.#rows.slice(from, to)) {
      if ('heading' in row) groups.push({ heading: row.heading, rows: [] });
      else if (groups.length > 0) groups.at(-1)!.rows.push(row);
      else groups.push({ heading: undefined, rows: [row] });
    }
    return html`<div class="drawn" tabindex="-1">
      ${repeat(
        groups,
        ({ heading }) => heading,
        ({ heading, rows }) =>
          html`${heading ? html`<h2>${heading}</h2>` : nothing}
            <ul aria-label=${heading ?? 'Chats'}>
              ${repeat(
                rows,
                ({ conversation }) => conversation.id,
                ({ conversation, number }) => this.#row(conversation, number),
              )}
            </ul>`,
      )}
    </div>`;
  }

  override updated(changed: PropertyValues) {
    const drawn = this.renderRoot.querySelector<HTMLElement>('.drawn');
    const { before, after } = this.#window;
    if (drawn) drawn.style.padding = `${before}px 0 ${after}px`;
    if (changed.has('renamingId')) this.renderRoot.querySelector('input')?.focus();
    const { activeElement } = this.shadowRoot!;
    // The row that had the focus is out of view, and gone: the keys go on scrolling all the same.
    if (this.#hadFocus && !activeElement && document.activeElement === document.body) {
      drawn?.focus({ preventScroll: true });
    }
    this.#hadFocus = activeElement !== null;
  }

  #hadFocus = false;

  get #window() {
    return windowOf(this.#tops, this.scrolledPx, this.heightPx);
  }

  #row({ id, title, isPinned }: ConversationSummary, number: number) {
    const isCurrent = id === this.currentId;
    if (id === this.renamingId) {
      return html`<li>
        <input
          aria-label="New title"
          maxlength="120"
          .value=${title}
          @keydown=${(event: KeyboardEvent) => this.#renameKey(event, id)}
          @blur=${(event: Event) => this.#rename(event, id)}
        />
      </li>`;
    }
    return html`<li
      ?data-current=${isCurrent}
      aria-setsize=${this.conversations.length}
      aria-posinset=${number}
    >
      <button
        class="title"
        aria-current=${isCurrent ? 'page' : nothing}
        title=${title}
        @click=${() => this.#emit('open-chat', id)}
      >
        ${this.answeringIds.includes(id) ? html`<i title="Being answered"></i>` : nothing}<bdi>${title}</bdi>
      </button>
      ${this.#act(icons.pin, isPinned ? 'Unpin' : 'Pin', title, () => this.#emit('pin', { id, isPinned: !isPinned }), isPinned)}
      ${this.#act(icons.pencil, 'Rename', title, () => (this.renamingId = id))}
      ${this.#act(icons.bin, 'Delete', title, () => this.#emit('remove', id))}
    </li>`;
  }

  #act(icon: unknown, name: string, title: string, act: () => void, isOn?: true) {
    return html`<button
      class="plain icon small act"
      aria-label=${`${name} ${title}`}
      title=${name}
      ?data-on=${isOn}
      @click=${act}
    >
      ${icon}
    </button>`;
  }

  #renameKey(event: KeyboardEvent, id: string) {
    if (event.key === 'Enter' && !event.isComposing) this.#rename(event, id);
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.renamingId = undefined;
  }

  #rename(event: Event, id: string) {
    // Enter takes the field away, and that blurs it: only the first of the two counts.
    if (this.renamingId !== id) return;
    this.renamingId = undefined;
    const title = (event.target as HTMLInputElement).value.trim();
    if (title) this.#emit('rename', { id, title });
  }

  #emit(type: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** The pinned ones first, then the others by day. */
function rowsOf(conversations: readonly ConversationSummary[], now: number): Row[] {
  const pinned = conversations.filter(({ isPinned }) => isPinned);
  const others = conversations.filter(({ isPinned }) => !isPinned);
  const groups = dayGroupsOf(others, ({ updatedAt }) => updatedAt, now);
  if (pinned.length > 0) groups.unshift(['Pinned', pinned]);
  let number = 0;
  return groups.flatMap(([heading, members]) => [
    { heading },
    ...members.map((conversation) => ({ conversation, number: ++number })),
  ]);
}
