/** How `<smallfirst-chat-message>` looks. */
import { css } from 'lit';

export const messageStyles = css`
  :host {
    display: block;
    container-type: inline-size;
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
  @container (max-width: 26rem) {
    .speed {
      display: none;
    }
  }
  @container (max-width: 23rem) {
    .model {
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
  .actions [aria-pressed='true'] {
    background: var(--sf-accent-soft);
    color: var(--sf-accent);
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
  .later {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem 0.7rem;
    margin-top: 0.5rem;
    padding: 0.7rem 0.9rem;
    border-radius: 12px;
    background: var(--sf-surface-2);
  }
  .later > svg {
    align-self: flex-start;
    margin-top: 2px;
    color: var(--sf-accent);
  }
  .later > div {
    flex: 1 1 14rem;
  }
  .later p {
    margin: 0;
  }
  .later .next {
    color: var(--sf-muted);
    font-size: 0.9rem;
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
`;
