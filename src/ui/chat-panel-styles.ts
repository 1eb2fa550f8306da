/** How `<smallfirst-chat-panel>` looks; what is narrow is the panel, not the window. */
import { css } from 'lit';

export const panelStyles = css`
  :host {
    display: block;
    min-height: 0;
    font-family: inherit;
    container-type: inline-size;
  }
  .chat {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
    background: var(--sf-bg);
    font-size: 0.95rem;
  }
  header {
    display: flex;
    align-items: center;
    gap: 0.25rem;
    min-height: 3.4rem;
    padding: 0.4rem 0.6rem 0.4rem 1.1rem;
    border-bottom: 1px solid var(--sf-line);
    background: var(--sf-surface);
  }
  header:dir(rtl) {
    padding: 0.4rem 1.1rem 0.4rem 0.6rem;
  }
  .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    font-weight: 650;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  header button {
    color: var(--sf-muted);
  }
  .model[data-state='ready'] {
    color: var(--sf-accent);
  }
  .model[data-state='failed'] {
    color: var(--sf-danger);
  }
  .offline {
    display: inline-flex;
    align-items: center;
    gap: 0.3rem;
    color: var(--sf-muted);
    font-size: 0.85rem;
  }
  smallfirst-chat-thread {
    flex: 1;
  }
  .greeting {
    max-width: 46rem;
    margin-inline: auto;
    padding-block: 1.1rem;
  }
  .greeting p {
    margin: 0 0 0.6rem;
    font-size: 1.05rem;
    text-wrap: pretty;
    white-space: pre-line;
  }
  .greeting .muted {
    display: flex;
    align-items: center;
    gap: 0.4rem;
    margin-bottom: 0.9rem;
    color: var(--sf-muted);
    font-size: 0.85rem;
  }
  .greeting .muted svg {
    width: 16px;
    height: 16px;
    color: var(--sf-accent);
  }
  .greeting button {
    height: auto;
    text-align: start;
  }
  footer {
    padding: 0 0.8rem max(0.6rem, env(safe-area-inset-bottom));
  }
  footer p {
    margin: 0.4rem 0 0;
    color: var(--sf-muted);
    font-size: 0.76rem;
    line-height: 1.4;
    text-align: center;
    text-wrap: balance;
  }
  .link {
    display: inline;
    min-height: 0;
    padding: 0;
    border: 0;
    background: none;
    color: inherit;
    text-decoration: underline;
  }
  .link:hover:not(:disabled) {
    background: none;
    color: var(--sf-text);
  }
  .banner {
    display: flex;
    align-items: flex-start;
    gap: 0.6rem;
    margin: 0.6rem 0.8rem 0;
    padding: 0.5rem 0.7rem;
    border-radius: 12px;
    background: var(--sf-danger-soft);
    font-size: 0.88rem;
  }
  .banner p {
    flex: 1;
    margin: 0;
  }
  .banner svg {
    color: var(--sf-danger);
  }
  .toast {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 0.9rem;
    margin: 0 0.8rem 0.6rem;
    padding: 0.35rem 0.4rem 0.35rem 0.9rem;
    border-radius: 12px;
    background: var(--sf-text);
    color: var(--sf-bg);
  }
  .toast button {
    color: var(--sf-text);
  }
  @container (min-width: 40rem) {
    footer,
    .toast {
      width: 100%;
      max-width: 48rem;
      margin-inline: auto;
    }
  }
`;
