/** How `<chat-list>` looks; its headings and rows have the heights that the element reckons with. */
import { css } from 'lit';

export const listStyles = css`
  :host {
    display: block;
  }
  .drawn {
    outline: none;
  }
  h2 {
    display: flex;
    align-items: end;
    height: 2.5rem;
    margin: 0;
    padding: 0 0.7rem 0.25rem;
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
    height: 2.5rem;
    border-radius: 10px;
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
  .title bdi {
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
  .act[data-on] svg {
    fill: currentColor;
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
  /* Under a finger there is room for the title alone; an open chat shows what can be done with it. */
  @media (hover: none) {
    li:not([data-current]) .act {
      display: none;
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
`;
