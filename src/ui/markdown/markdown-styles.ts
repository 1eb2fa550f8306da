/** How rendered Markdown looks, in light and in dark. */
import { css } from 'lit';

/**
 * For the element whose container `createMarkdownView` fills. Colours come from the page's `--sf-…` properties; the
 * code colours are ours, at least 4.5:1 (WCAG AA) against the default `--sf-code-bg` of their scheme.
 */
export const markdownStyles = css`
  .markdown {
    --md-line: var(--sf-line, light-dark(#d0d7de, #3d444d));
    --md-muted: var(--sf-muted, light-dark(#59636e, #9da7b1));
    --md-code-bg: var(--sf-code-bg, light-dark(#f6f8fa, #161b22));
    --md-radius: var(--sf-radius, 8px);
    color: var(--sf-text, light-dark(#1f2328, #f0f6fc));
    line-height: 1.55;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .markdown > * {
    margin: 0 0 0.75em;
  }
  .markdown > :last-child {
    margin-bottom: 0;
  }
  .markdown :is(h3, h4, h5, h6) {
    line-height: 1.3;
    margin: 1em 0 0.5em;
  }
  .markdown > :is(h3, h4, h5, h6):first-child {
    margin-top: 0;
  }
  .markdown h3 {
    font-size: 1.25em;
  }
  .markdown h4 {
    font-size: 1.125em;
  }
  .markdown :is(h5, h6) {
    font-size: 1em;
  }
  .markdown :is(ul, ol) {
    padding-inline-start: 1.6em;
  }
  .markdown li > :is(p, ul, ol) {
    margin-block: 0.35em;
  }
  .markdown li:has(> input, > p > input) {
    list-style: none;
  }
  .markdown li input {
    margin: 0 0.4em 0 -1.3em;
  }
  .markdown a {
    color: var(--sf-accent, light-dark(#0550ae, #79c0ff));
    text-underline-offset: 0.15em;
  }
  .markdown blockquote {
    border-inline-start: 3px solid var(--md-line);
    color: var(--md-muted);
    margin-inline: 0;
    padding-inline-start: 0.9em;
  }
  .markdown hr {
    border: 0;
    border-top: 1px solid var(--md-line);
  }
  .markdown code {
    background: var(--md-code-bg);
    border-radius: 4px;
    font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
    font-size: 0.9em;
    padding: 0.1em 0.3em;
  }
  .markdown .table-box {
    max-width: 100%;
    overflow-x: auto;
  }
  .markdown table {
    border-collapse: collapse;
    overflow-wrap: normal;
  }
  .markdown :is(th, td) {
    border: 1px solid var(--md-line);
    padding: 0.35em 0.7em;
    text-align: start;
  }
  .markdown [align='center'] {
    text-align: center;
  }
  .markdown [align='right'] {
    text-align: end;
  }
  .markdown th {
    background: var(--sf-surface-2, light-dark(#f6f8fa, #1c2128));
  }
  .markdown .code-block {
    background: var(--md-code-bg);
    border: 1px solid var(--md-line);
    border-radius: var(--md-radius);
    margin-block: 0.75em;
    max-width: 100%;
    overflow: hidden;
  }
  .markdown .code-header {
    align-items: center;
    border-bottom: 1px solid var(--md-line);
    color: var(--md-muted);
    display: flex;
    font-size: 0.8em;
    gap: 0.5em;
    justify-content: space-between;
    padding: 0.2em 0.4em 0.2em 0.9em;
    position: relative;
  }
  .markdown .code-copy {
    background: none;
    border: 0;
    border-radius: 4px;
    color: inherit;
    cursor: pointer;
    flex: none;
    font: inherit;
    min-height: 24px;
    padding: 0.2em 0.5em;
  }
  .markdown .code-copy:hover {
    color: var(--sf-text, light-dark(#1f2328, #f0f6fc));
  }
  .markdown :is(.code-copy, .code-box, .table-box):focus-visible {
    outline: 2px solid var(--sf-accent, light-dark(#0550ae, #79c0ff));
    outline-offset: -2px;
  }
  .markdown .code-status {
    clip-path: inset(50%);
    height: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
    width: 1px;
  }
  .markdown .code-box {
    margin: 0;
    overflow-x: auto;
    padding: 0.75em 0.9em;
  }
  .markdown .code-box code {
    background: none;
    overflow-wrap: normal;
    padding: 0;
    white-space: pre;
  }
  .markdown :is(.hljs-comment, .hljs-quote, .hljs-formula) {
    color: light-dark(#59636e, #9198a1);
  }
  .markdown :is(.hljs-keyword, .hljs-type, .hljs-doctag, .hljs-template-tag, .hljs-deletion) {
    color: light-dark(#b3202d, #ff8a82);
  }
  .markdown :is(.hljs-title, .hljs-section, .hljs-name, .hljs-selector-tag) {
    color: light-dark(#6639ba, #d2a8ff);
  }
  .markdown :is(.hljs-string, .hljs-regexp, .hljs-link, .hljs-code) {
    color: light-dark(#0a3069, #a5d6ff);
  }
  .markdown :is(.hljs-number, .hljs-literal, .hljs-attr, .hljs-attribute, .hljs-meta, .hljs-variable) {
    color: light-dark(#0550ae, #79c0ff);
  }
  .markdown :is(.hljs-built_in, .hljs-symbol, .hljs-bullet, .hljs-selector-class, .hljs-selector-id) {
    color: light-dark(#953800, #ffa657);
  }
  .markdown .hljs-addition {
    color: light-dark(#116329, #7ee787);
  }
  .markdown .hljs-emphasis {
    font-style: italic;
  }
  .markdown .hljs-strong {
    font-weight: 700;
  }
  @media (forced-colors: active) {
    .markdown .code-copy {
      border: 1px solid;
    }
  }
`;
