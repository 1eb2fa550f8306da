/** What `<smallfirst-chat>` is made of before anything else is fetched: a launcher, a place to wait, its styles. */

/** Built by hand: a page with Trusted Types takes no HTML as text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  text = '',
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

const SVG = 'http://www.w3.org/2000/svg';

/** A bubble with the mark of ours in it; a chevron while the panel is open. */
export function launcherIcon(): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const draw = (className: string, d: string) => {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', className);
    path.setAttribute('d', d);
    icon.append(path);
  };
  draw(
    'closed',
    'M6.5 4.5h11a3 3 0 0 1 3 3v6.2a3 3 0 0 1-3 3h-5.2L8 20.2v-3.5H6.5a3 3 0 0 1-3-3V7.5a3 3 0 0 1 3-3zM8.4 10.6h.01M12 10.6h.01M15.6 10.6h.01',
  );
  draw('opened', 'M6.5 9.5L12 15l5.5-5.5');
  return icon;
}

export function waiting(): HTMLElement {
  const made = element('p', { class: 'wait', role: 'status' });
  const dots = element('span', { class: 'dots', 'aria-hidden': 'true' });
  dots.append(element('i', {}), element('i', {}), element('i', {}));
  made.append(dots, 'Opening the chat');
  return made;
}

export function failure(onAgain: () => void, onClose: (() => void) | undefined): HTMLElement {
  const made = element('div', { class: 'wait failed', role: 'alert' });
  const button = (text: string, action: () => void) => {
    const one = element('button', { type: 'button' }, text);
    one.addEventListener('click', action);
    return one;
  };
  const buttons = element('div', { class: 'buttons' });
  buttons.append(button('Try again', onAgain));
  if (onClose) buttons.append(button('Close', onClose));
  made.append(element('p', {}, 'The chat could not be fetched. Check the network.'), buttons);
  return made;
}

/** Calls `action` once the element is, or is about to be, within the window. */
export function whenNear(place: Element, action: () => void): IntersectionObserver {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      action();
    },
    { rootMargin: '200px' },
  );
  observer.observe(place);
  return observer;
}

let sheet: CSSStyleSheet | undefined;

/** One for all tags; a constructed sheet is not subject to the page's policy on styles. */
export function doorSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
  }
  return sheet;
}

/**
 * The page's rules reach the element itself and no further, `all: unset !important` too; what it inherits ends at `.frame`.
 * Lengths are in pixels: a page may set the size of `rem`.
 */
const STYLES = `
:host {
  display: contents;
}
:host([layout='inline']) {
  display: block;
}
:host([hidden]) {
  display: none;
}
.frame {
  all: initial;
  visibility: inherit;
  box-sizing: border-box;
  color-scheme: light dark;
  --sf-color-scheme: light dark;
  --accent: var(--smallfirst-accent, light-dark(#1d6b47, #74d3a2));
  --on-accent: var(--smallfirst-on-accent, light-dark(#ffffff, #0b2117));
  --surface: var(--smallfirst-surface, light-dark(#ffffff, #1c1e1b));
  --text: var(--smallfirst-text, light-dark(#1b1e1a, #e8eae5));
  --line: var(--smallfirst-line, light-dark(#dfe0d9, #343831));
  --offset: var(--smallfirst-offset, 20px);
  font: 16px/1.5 var(--smallfirst-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
}
:host([theme='light']) .frame {
  color-scheme: light;
  --sf-color-scheme: light;
}
:host([theme='dark']) .frame {
  color-scheme: dark;
  --sf-color-scheme: dark;
}
.frame,
.frame * {
  box-sizing: border-box;
}
.frame[data-layout='floating'] {
  position: fixed;
  inset-block: auto max(var(--offset), env(safe-area-inset-bottom));
  inset-inline: auto var(--offset);
  z-index: 2147483000;
  display: flex;
  flex-direction: column;
  align-items: flex-end;
  gap: 14px;
  overflow: visible;
  background: none;
}
.frame[data-layout='inline'] {
  display: block;
}
.panel {
  display: flex;
  flex-direction: column;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: var(--smallfirst-radius, 18px);
  background: var(--smallfirst-bg, light-dark(#f6f6f2, #141513));
  color: var(--text);
  inline-size: var(--smallfirst-width, 100%);
  max-inline-size: 100%;
  block-size: var(--smallfirst-height, 600px);
}
.panel[hidden] {
  display: none;
}
[data-layout='floating'] .panel {
  inline-size: min(var(--smallfirst-width, 400px), calc(100vw - 2 * var(--offset)));
  block-size: min(var(--smallfirst-height, 640px), calc(100dvh - 2 * var(--offset) - 72px));
  box-shadow: var(--smallfirst-shadow, 0 16px 48px light-dark(#1b1e1a33, #000000a0));
  animation: rise 0.18s ease-out;
}
@keyframes rise {
  from {
    opacity: 0;
    translate: 0 12px;
  }
}
smallfirst-chat-panel {
  flex: 1;
  min-block-size: 0;
}
.launcher {
  display: grid;
  place-items: center;
  inline-size: 58px;
  block-size: 58px;
  margin: 0;
  padding: 0;
  border: 0;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  box-shadow: var(--smallfirst-shadow, 0 6px 22px light-dark(#1b1e1a40, #000000a0));
  cursor: pointer;
  transition: scale 0.12s;
}
.launcher:hover {
  scale: 1.05;
}
.launcher:active {
  scale: 0.97;
}
.launcher svg {
  inline-size: 30px;
  block-size: 30px;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.7;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.launcher[aria-expanded='true'] .closed,
.launcher[aria-expanded='false'] .opened {
  display: none;
}
[data-layout='inline'] .launcher,
[data-layout='inline'] slot[name='launcher'] {
  display: none;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 3px;
}
.title {
  font-weight: 650;
}
.wait {
  display: flex;
  flex: 1;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 14px;
  margin: 0;
  padding: 24px;
  text-align: center;
}
.wait p {
  margin: 0;
}
.dots {
  display: inline-flex;
  gap: 6px;
}
.dots i {
  inline-size: 9px;
  block-size: 9px;
  border-radius: 50%;
  background: var(--accent);
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
}
.buttons {
  display: flex;
  gap: 10px;
}
.buttons button {
  min-block-size: 40px;
  padding: 4px 16px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
  color: inherit;
  font: inherit;
  cursor: pointer;
}
@media (max-width: 520px), (max-height: 440px) {
  .frame[data-layout='floating']:has(.panel:not([hidden])) {
    inset: 0;
  }
  [data-layout='floating'] .panel {
    inline-size: 100vw;
    block-size: 100dvh;
    border: 0;
    border-radius: 0;
  }
  [data-layout='floating'] .panel:not([hidden]) + slot {
    display: none;
  }
}
@media (prefers-reduced-motion: reduce) {
  .frame * {
    animation: none !important;
    transition: none !important;
  }
}
@media print {
  .frame[data-layout='floating'] {
    display: none;
  }
}
`;
