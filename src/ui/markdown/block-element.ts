/** Makes the one element that shows a rendered Markdown block. */
import { createCodeBlock } from './code-block';
import { sanitize } from './safe-fragment';

/** Sanitises a block's HTML, adds what only we may add (controls, roles, link targets), and returns its element. */
export function createBlockElement(html: string): HTMLElement {
  const fragment = sanitize(html);
  fragment.querySelectorAll('a').forEach(finishLink);
  fragment.querySelectorAll('input').forEach(finishCheckbox);
  fragment.querySelectorAll('table').forEach(putInScrollBox);
  fragment.querySelectorAll('pre').forEach((pre) => pre.replaceWith(createCodeBlock(pre)));
  const only = fragment.childNodes.length === 1 ? fragment.firstChild : null;
  if (only instanceof HTMLElement) return only;
  const box = document.createElement('div');
  box.append(fragment);
  return box;
}

/** Says plainly where a link leads; a link that leads nowhere allowed becomes its text. */
function finishLink(link: HTMLAnchorElement): void {
  const address = addressOf(link.getAttribute('href'));
  const isImage = link.hasAttribute('data-image');
  link.removeAttribute('data-image');
  if (!address) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.setAttribute('href', address);
  link.setAttribute('title', address);
  link.setAttribute('rel', 'noopener noreferrer nofollow');
  link.setAttribute('target', '_blank');
  if (isImage) link.append(` (${address})`);
}

/** Canonical, so that what the title shows is what the browser opens (punycode, no tabs, no backslashes). */
function addressOf(href: string | null): string | undefined {
  return href !== null && URL.canParse(href) ? new URL(href).href : undefined;
}

function finishCheckbox(input: HTMLInputElement): void {
  if (input.getAttribute('type') !== 'checkbox') {
    input.remove();
    return;
  }
  input.setAttribute('disabled', '');
  input.setAttribute('aria-label', input.hasAttribute('checked') ? 'Done' : 'Not done');
}

/** A wide table scrolls in its own box, which a keyboard can reach. */
function putInScrollBox(table: HTMLTableElement): void {
  const box = document.createElement('div');
  box.className = 'table-box';
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', 'Table');
  box.tabIndex = 0;
  table.replaceWith(box);
  box.append(table);
}
