/** How `<chat-search>` looks: a field with what it finds below. */
import { css } from 'lit';

export const searchStyles = css`
  dialog[open] {
    display: flex;
    flex-direction: column;
    margin-top: min(12vh, 6rem);
    max-height: min(38rem, calc(100dvh - 3rem));
    overflow: hidden;
  }
  .field {
    display: flex;
    flex: none;
    align-items: center;
    gap: 0.5rem;
    padding: 0.5rem 0.5rem 0.5rem 1.1rem;
    border-bottom: 1px solid var(--sf-line);
  }
  .field > svg {
    color: var(--sf-muted);
  }
  input {
    flex: 1;
    min-width: 0;
    min-height: 2.5rem;
    border: 0;
    background: none;
    font-size: 1.05rem;
  }
  input:focus-visible {
    outline: none;
  }
  .field:focus-within {
    border-bottom-color: var(--sf-accent);
  }
  input::-webkit-search-cancel-button {
    display: none;
  }
  ul {
    flex: 1;
    min-height: 0;
    margin: 0;
    padding: 0.4rem;
    overflow-y: auto;
    overscroll-behavior: contain;
    list-style: none;
  }
  ul:empty {
    display: none;
  }
  li {
    display: block;
    padding: 0.5rem 0.8rem;
    border-radius: 12px;
    cursor: pointer;
    content-visibility: auto;
    contain-intrinsic-size: auto 4.4rem;
  }
  li[aria-selected='true'] {
    background: var(--sf-surface-2);
  }
  .head {
    display: flex;
    align-items: baseline;
    gap: 1rem;
  }
  .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    font-weight: 600;
    font-size: 0.95rem;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  time {
    flex: none;
    color: var(--sf-muted);
    font-size: 0.8rem;
  }
  .excerpt {
    display: -webkit-box;
    overflow: hidden;
    color: var(--sf-muted);
    font-size: 0.88rem;
    line-height: 1.45;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
  p {
    flex: none;
    margin: 0;
    padding: 0.6rem 1.2rem 0.8rem;
  }
  /* Not hidden: a screen reader speaks what comes into a region that was there. */
  p:empty {
    padding-block: 0;
  }
`;
