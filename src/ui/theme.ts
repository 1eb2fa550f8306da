/** Colours, sizes and the plain controls that every element shares; a site may set each `--smallfirst-*`. */
import { css } from 'lit';

export const tokens = css`
  :host {
    color-scheme: var(--sf-color-scheme, light dark);
    --sf-bg: var(--smallfirst-bg, light-dark(#f6f6f2, #141513));
    --sf-surface: var(--smallfirst-surface, light-dark(#ffffff, #1c1e1b));
    --sf-surface-2: var(--smallfirst-surface-2, light-dark(#efefe9, #262925));
    --sf-text: var(--smallfirst-text, light-dark(#1b1e1a, #e8eae5));
    --sf-muted: var(--smallfirst-muted, light-dark(#5a6057, #a5ac9f));
    --sf-line: var(--smallfirst-line, light-dark(#dfe0d9, #343831));
    --sf-accent: var(--smallfirst-accent, light-dark(#1d6b47, #74d3a2));
    --sf-on-accent: var(--smallfirst-on-accent, light-dark(#ffffff, #0b2117));
    --sf-accent-soft: var(--smallfirst-accent-soft, light-dark(#e2f0e8, #1d3328));
    --sf-danger: var(--smallfirst-danger, light-dark(#a8261c, #ffb3a8));
    --sf-danger-soft: var(--smallfirst-danger-soft, light-dark(#fbeae7, #3a201d));
    --sf-code-bg: var(--smallfirst-code-bg, light-dark(#f1f1ec, #111210));
    --sf-radius: 14px;
    --sf-shadow: 0 12px 40px light-dark(#1b1e1a26, #00000080);
    font:
      16px/1.6 system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      sans-serif;
    color: var(--sf-text);
  }
`;

export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.45rem;
    min-height: 2.5rem;
    padding: 0.3rem 0.9rem;
    border: 1px solid var(--sf-line);
    border-radius: 10px;
    background: var(--sf-surface);
    cursor: pointer;
    transition:
      background 0.12s,
      border-color 0.12s;
  }
  button:hover:not(:disabled) {
    background: var(--sf-surface-2);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.primary {
    background: var(--sf-accent);
    border-color: var(--sf-accent);
    color: var(--sf-on-accent);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--sf-accent) 88%, var(--sf-text));
  }
  button.plain {
    border-color: transparent;
    background: transparent;
  }
  button.icon {
    width: 2.5rem;
    padding: 0;
    flex: none;
  }
  button.small {
    min-height: 2rem;
    padding: 0.1rem 0.6rem;
    font-size: 0.85rem;
    border-radius: 8px;
  }
  button.icon.small {
    width: 2rem;
    padding: 0;
  }
  button.danger {
    color: var(--sf-danger);
  }
  :focus-visible {
    outline: 2px solid var(--sf-accent);
    outline-offset: 2px;
  }
  svg {
    flex: none;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
`;
