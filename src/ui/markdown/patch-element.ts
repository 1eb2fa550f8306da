/** Brings an element on the page to the state of a fresh one, touching only what differs. */

/**
 * Returns the element that is on the page afterwards: `shown` where it could be kept, else `fresh`.
 * What did not change keeps its identity, so that a selection, a focus or a scroll position
 * in the finished items of a growing list survives.
 */
export function patchElement(shown: HTMLElement, fresh: HTMLElement): HTMLElement {
  return patchNode(shown, fresh) as HTMLElement;
}

/** The same for a list or a table of which `rest` has only the items or rows after the first `same`. */
export function patchParts(shown: HTMLElement, rest: HTMLElement, same: number): HTMLElement {
  patchChildren(partsParentOf(shown), partsParentOf(rest), same);
  return shown;
}

/** Appending keeps a selection that lies in the text already there. */
export function patchText(shown: Text, data: string): void {
  if (data.startsWith(shown.data)) shown.appendData(data.slice(shown.length));
  else shown.data = data;
}

function partsParentOf(block: HTMLElement): Element {
  return block.querySelector(':scope > table > tbody') ?? block;
}

function patchNode(shown: Node, fresh: Node): Node {
  if (isOursToKeep(shown, fresh) || shown.isEqualNode(fresh)) return shown;
  if (shown instanceof Text && fresh instanceof Text) {
    patchText(shown, fresh.data);
    return shown;
  }
  if (shown instanceof Element && fresh instanceof Element && shown.nodeName === fresh.nodeName) {
    patchAttributes(shown, fresh);
    patchChildren(shown, fresh);
    return shown;
  }
  shown.parentNode?.replaceChild(fresh, shown);
  return fresh;
}

/** A copy button and its status may be in the middle of saying "Copied". */
function isOursToKeep(shown: Node, fresh: Node): boolean {
  return (
    shown instanceof Element &&
    fresh instanceof Element &&
    shown.className === fresh.className &&
    shown.matches('.code-copy, .code-status')
  );
}

function patchAttributes(shown: Element, fresh: Element): void {
  for (const name of shown.getAttributeNames()) if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
}

function patchChildren(shown: Element, fresh: Element, same = 0): void {
  const wanted = [...fresh.childNodes];
  const present = [...shown.childNodes].slice(same);
  wanted.forEach((child, index) => {
    const old = present[index];
    if (old) patchNode(old, child);
    else shown.append(child);
  });
  for (const surplus of present.slice(wanted.length)) surplus.remove();
}
