/** The icons, drawn by us on a 20 × 20 grid; decoration only, so hidden from screen readers. */
import { svg, html, type TemplateResult } from 'lit';

const icon = (paths: TemplateResult) =>
  html`<svg
    aria-hidden="true"
    width="20"
    height="20"
    viewBox="0 0 20 20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    ${paths}
  </svg>`;

export const icons = {
  search: icon(svg`<circle cx="9" cy="9" r="5.2" /><path d="M13 13l3.6 3.6" />`),
  pin: icon(svg`<path d="M7.5 3.5h5l-.6 5 2.6 2.8h-9l2.6-2.8zM10 11.3v5.2" />`),
  chats: icon(svg`<path d="M4 16.5h12M10 12.5v-9M6.5 7L10 3.5 13.5 7" />`),
  app: icon(
    svg`<rect x="4" y="3" width="12" height="14" rx="2" /><path d="M10 6.5v6M7.5 10l2.5 2.5 2.5-2.5" />`,
  ),
  download: icon(svg`<path d="M10 3v9m-3.5-3.5L10 12l3.5-3.5M4 16.5h12" />`),
  logo: html`<svg aria-hidden="true" width="24" height="24" viewBox="0 0 24 24">
    <rect x="1" y="1" width="22" height="22" rx="7" fill="var(--sf-accent)" />
    <circle cx="8.2" cy="14.6" r="2.6" fill="var(--sf-on-accent)" />
    <path
      d="M12.4 15.6a6.8 6.8 0 0 0 4.4-7.4"
      stroke="var(--sf-on-accent)"
      stroke-width="2"
      fill="none"
      stroke-linecap="round"
    />
    <circle cx="16.9" cy="6.2" r="1.1" fill="var(--sf-on-accent)" />
  </svg>`,
  send: icon(svg`<path d="M10 16V4.5M5 9l5-5 5 5" />`),
  stop: icon(svg`<rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor" stroke="none" />`),
  plus: icon(svg`<path d="M10 4v12M4 10h12" />`),
  menu: icon(svg`<path d="M3.5 6h13M3.5 10h13M3.5 14h13" />`),
  close: icon(svg`<path d="M5 5l10 10M15 5L5 15" />`),
  copy: icon(svg`<rect x="7" y="7" width="9" height="9" rx="2" /><path d="M4 13V6a2 2 0 0 1 2-2h7" />`),
  check: icon(svg`<path d="M4.5 10.5l3.5 3.5 7.5-8" />`),
  retry: icon(svg`<path d="M15.5 10a5.5 5.5 0 1 1-1.8-4.1M15.8 3v3.4h-3.4" />`),
  pencil: icon(svg`<path d="M4 16l.8-3.4L13 4.4l2.6 2.6-8.2 8.2z" />`),
  bin: icon(svg`<path d="M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5" />`),
  cloud: icon(svg`<path d="M6 15.5a3.7 3.7 0 0 1-.4-7.4 4.6 4.6 0 0 1 8.9.9 3.3 3.3 0 0 1-.4 6.5z" />`),
  lock: icon(svg`<rect x="4.5" y="9" width="11" height="7.5" rx="2" /><path d="M7 9V6.5a3 3 0 0 1 6 0V9" />`),
  device: icon(svg`<rect x="3" y="4" width="14" height="9.5" rx="1.5" /><path d="M7.5 16.5h5M10 13.5v3" />`),
  down: icon(svg`<path d="M10 4v11M5.5 10.5L10 15l4.5-4.5" />`),
  chevron: icon(svg`<path d="M6 8l4 4 4-4" />`),
  warn: icon(svg`<path d="M10 3.5l7.2 12.8H2.8zM10 8.5v3.6M10 14.4v.1" />`),
  clock: icon(svg`<circle cx="10" cy="10" r="6.5" /><path d="M10 6.3V10l2.5 1.8" />`),
  offline: icon(svg`<circle cx="10" cy="10" r="6.5" /><path d="M5.4 14.6l9.2-9.2" />`),
};
