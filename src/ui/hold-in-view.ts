/** Keeps an element in the middle of what scrolls, while the heights around it are still being found out. */

/** Markdown and late layout are done by then. */
const HOLD_MS = 1_000;
const BY_HAND = ['wheel', 'pointerdown', 'keydown'];

/** Ends at once where somebody scrolls by hand. */
export function holdInView(element: HTMLElement, scroller: HTMLElement): void {
  const endsAt = performance.now() + HOLD_MS;
  const ended = new AbortController();
  for (const type of BY_HAND) {
    scroller.addEventListener(type, () => ended.abort(), { signal: ended.signal, passive: true });
  }
  const align = () => {
    if (ended.signal.aborted || !element.isConnected) return;
    element.scrollIntoView({ block: 'center' });
    if (performance.now() < endsAt) requestAnimationFrame(align);
    else ended.abort();
  };
  align();
}
