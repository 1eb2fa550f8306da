/** What every card of the operator's page looks like, and the colours of its series. */
import { css } from 'lit';

/** More series than colours are one, “others”. */
export const SERIES_COLOURS = 5;

export const cardStyles = css`
  :host {
    display: block;
  }
  section {
    box-sizing: border-box;
    height: 100%;
    padding: 1.1rem 1.25rem 1.2rem;
    border: 1px solid var(--sf-line);
    border-radius: var(--sf-radius);
    background: var(--sf-surface);
  }
  h2 {
    margin: 0 0 0.2rem;
    font-size: 1.05rem;
  }
  .muted {
    margin: 0;
    color: var(--sf-muted);
    font-size: 0.85rem;
  }
  [role='group'] {
    display: flex;
    gap: 0.3rem;
  }
  button[aria-pressed='true'] {
    border-color: var(--sf-accent);
    background: var(--sf-accent-soft);
  }
  .warning {
    color: light-dark(#8a4b08, #f0bd7c);
  }
`;

export const seriesStyles = css`
  .s0 {
    --colour: var(--sf-accent);
  }
  .s1 {
    --colour: light-dark(#c9822b, #e8b06a);
  }
  .s2 {
    --colour: light-dark(#3b6fb5, #8ab4f0);
  }
  .s3 {
    --colour: light-dark(#8a4fa3, #cf9fe3);
  }
  .s4 {
    --colour: light-dark(#a34747, #ef9a9a);
  }
  .s5 {
    --colour: light-dark(#7c8278, #8d948a);
  }
`;
