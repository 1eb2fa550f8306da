/** What every dialog of the page looks like. */
import { css } from 'lit';

export const dialogStyles = css`
  dialog {
    width: min(36rem, calc(100vw - 1.5rem));
    max-height: min(46rem, calc(100dvh - 1.5rem));
    padding: 0;
    overflow: auto;
    border: 1px solid var(--sf-line);
    border-radius: 20px;
    background: var(--sf-surface);
    color: inherit;
    box-shadow: var(--sf-shadow);
  }
  dialog::backdrop {
    background: #0007;
  }
  header {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: 1rem;
    padding: 0.9rem 0.9rem 0.6rem 1.3rem;
    background: var(--sf-surface);
  }
  h2 {
    flex: 1;
    margin: 0;
    font-size: 1.2rem;
  }
  h3 {
    margin: 0 0 0.3rem;
    font-size: 0.95rem;
  }
  p {
    margin: 0 0 0.8rem;
  }
  .muted {
    color: var(--sf-muted);
    font-size: 0.88rem;
  }
  .body {
    padding: 0 1.3rem;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 0.5rem;
  }
  footer {
    position: sticky;
    bottom: 0;
    padding: 0.8rem 1.3rem 1.1rem;
    border-top: 1px solid var(--sf-line);
    background: var(--sf-surface);
  }
  fieldset {
    margin: 0 0 0.9rem;
    padding: 0;
    border: 0;
  }
  legend {
    margin-bottom: 0.2rem;
    padding: 0;
    font-weight: 600;
    font-size: 0.92rem;
  }
  label {
    display: flex;
    gap: 0.55rem;
    align-items: baseline;
    padding: 0.2rem 0;
    font-size: 0.92rem;
    cursor: pointer;
  }
  label input {
    flex: none;
    accent-color: var(--sf-accent);
  }
  dl {
    margin: 0 0 0.9rem;
    padding: 0.7rem 0.9rem;
    border-radius: 12px;
    background: var(--sf-surface-2);
    font-size: 0.92rem;
  }
  dt {
    display: flex;
    align-items: center;
    justify-content: space-between;
    color: var(--sf-muted);
    font-size: 0.8rem;
  }
  dd {
    margin: 0 0 0.6rem;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  dd:last-child {
    margin: 0;
  }
  mark {
    padding: 0 0.25em;
    border-radius: 5px;
    background: var(--sf-accent-soft);
    color: var(--sf-accent);
    font-weight: 600;
  }
  textarea {
    display: block;
    width: 100%;
    min-height: 5rem;
    padding: 0.4rem 0.6rem;
    border: 1px solid var(--sf-line);
    border-radius: 10px;
    background: var(--sf-surface);
    resize: vertical;
    field-sizing: content;
  }
`;
