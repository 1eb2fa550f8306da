/**
 * `<chat-list>`: the conversations, by day; each can be opened, renamed and deleted.
 * Properties: `conversations`, `currentId`, `answeringIds`. Events: `open-chat`, `remove` (detail: id), `rename` (detail: `{id, title}`).
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ConversationSummary } from '../kernel/history';
import { icons } from './icons';
import { controls } from './theme';
import { dayGroupOf } from './words';

@customElement('chat-list')
export class ChatList extends LitElement {
  static override readonly styles = [
    controls,
    css`
      :host {
        display: block;
      }
      h2 {
        margin: 1rem 0.7rem 0.25rem;
        color: var(--sf-muted);
        font-size: 0.78rem;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        border-radius: 10px;
        content-visibility: auto;
        contain-intrinsic-size: auto 2.5rem;
      }
      li:hover,
      li:focus-within {
        background: var(--sf-surface-2);
      }
      li[data-current] {
        background: var(--sf-accent-soft);
      }
      .title {
        flex: 1;
        min-width: 0;
        justify-content: start;
        padding-inline: 0.7rem;
        border: 0;
        background: none !important;
        font-size: 0.93rem;
        text-align: start;
      }
      .title span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .title i {
        flex: none;
        width: 8px;
        height: 8px;
        border-radius: 50%;
        background: var(--sf-accent);
      }
      .act {
        color: var(--sf-muted);
      }
      .act svg {
        width: 16px;
        height: 16px;
      }
      @media (hover: hover) {
        li:not(:hover, :focus-within, [data-current]) .act {
          width: 0;
          border: 0;
          overflow: hidden;
          opacity: 0;
        }
      }
      input {
        flex: 1;
        min-width: 0;
        margin: 0.2rem;
        padding: 0.25rem 0.5rem;
        border: 1px solid var(--sf-accent);
        border-radius: 8px;
        background: var(--sf-surface);
      }
      .none {
        margin: 1rem 0.7rem;
        color: var(--sf-muted);
        font-size: 0.9rem;
      }
    `,
  ];

  @property({ attribute: false }) conversations: readonly ConversationSummary[] = [];
  @property() currentId = '';
  @property({ attribute: false }) answeringIds: readonly string[] = [];
  @state() private renamingId: string | undefined;

  override render() {
    if (this.conversations.length === 0) {
      return html`<p class="none">Your chats appear here. They are kept on this device only.</p>`;
    }
    const groups = Map.groupBy(this.conversations, ({ updatedAt }) => dayGroupOf(updatedAt, Date.now()));
    return [...groups].map(
      ([group, conversations]) =>
        html`<h2>${group}</h2>
          <ul aria-label=${group}>
            ${repeat(
              conversations,
              ({ id }) => id,
              (conversation) => this.#row(conversation),
            )}
          </ul>`,
    );
  }

  override updated() {
    this.renderRoot.querySelector('input')?.focus();
  }

  #row({ id, title }: ConversationSummary) {
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
    return html`<li ?data-current=${isCurrent}>
      <button
        class="title"
        aria-current=${isCurrent ? 'page' : nothing}
        title=${title}
        @click=${() => this.#emit('open-chat', id)}
      >
        ${this.answeringIds.includes(id) ? html`<i title="Being answered"></i>` : nothing}<span
          >${title}</span
        >
      </button>
      <button
        class="plain icon small act"
        aria-label=${`Rename ${title}`}
        title="Rename"
        @click=${() => (this.renamingId = id)}
      >
        ${icons.pencil}
      </button>
      <button
        class="plain icon small act"
        aria-label=${`Delete ${title}`}
        title="Delete"
        @click=${() => this.#emit('remove', id)}
      >
        ${icons.bin}
      </button>
    </li>`;
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
