/** What is told of a model on offer: its facts in one line, and how far it has come. */
import { html, nothing } from 'lit';
import type { ModelOffer, ModelState } from '../kernel/app-state';
import type { ModelCard } from '../kernel/config';
import { dayGroupOf, doneText, sizeText, timeLeftText } from './words';

export function factsTemplate(offer: ModelOffer, isHere: boolean) {
  const { card } = offer;
  const kept = isHere ? keptText(offer) : nothing;
  const source = card.source
    ? html` · <a href=${card.source} target="_blank" rel="noopener noreferrer">About it</a>`
    : nothing;
  if (card.engine === 'builtin') return html`${card.licence}${source}${kept}`;
  return html`${card.engine === 'webllm' ? 'Graphics processor · about ' : nothing}${sizeText(card.sizeBytes)}
  · ${card.memoryBytes ? `${sizeText(card.memoryBytes)} of memory ·` : nothing} ${card.licence} ·
  ${card.contextTokens.toLocaleString('en')} tokens of context${source}${kept}`;
}

/** What is known of the files of a model that is here. */
function keptText({ kept }: ModelOffer): string {
  const used = kept.usedAt ? ` · last used ${dayGroupOf(kept.usedAt, Date.now()).toLowerCase()}` : '';
  return `${kept.isVerified ? ' · verified' : ''}${used}`;
}

/** The browser's own model tells its share alone, and a browser goes on with it whatever we say. */
export function fetchingTemplate(
  { name, engine }: ModelCard,
  { doneBytes, totalBytes, bytesPerSecond }: ModelState & { kind: 'fetching' },
  onPause: () => void,
) {
  const isBuiltin = engine === 'builtin';
  const pause = isBuiltin ? 'Do not wait' : 'Pause';
  return html`<div class="wide">
    <progress max=${totalBytes} value=${doneBytes} aria-label=${`Fetching ${name}`}></progress>
    <p class="facts">
      ${doneText(doneBytes, totalBytes)}${
        bytesPerSecond
          ? html`${isBuiltin ? nothing : ` · ${sizeText(bytesPerSecond)}/s`} ·
            ${timeLeftText((totalBytes - doneBytes) / bytesPerSecond)}`
          : nothing
      }
      <button
        class="small"
        aria-label=${isBuiltin ? `Do not wait for ${name}` : `Pause ${name}`}
        @click=${onPause}
      >
        ${pause}
      </button>
    </p>
  </div>`;
}

export function startingText(share: number | undefined) {
  return html`<div class="wide">
    ${share === undefined ? nothing : html`<progress max="1" value=${share} aria-label="Starting"></progress>`}
    <p class="facts" role="status">
      ${share === undefined ? 'Starting …' : 'Preparing the graphics processor … The first time takes longest.'}
    </p>
  </div>`;
}
