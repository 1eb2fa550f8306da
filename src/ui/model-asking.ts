/** What is said and asked before a model is fetched, and where there is no room for one. */
import { html, nothing } from 'lit';
import type { ModelOffer } from '../kernel/app-state';
import type { FaultRecord } from '../kernel/fault';
import { FAULTS } from '../kernel/fault';
import { downloadText } from './forecast-words';
import { sizeText } from './words';

export interface Asking {
  readonly offer: ModelOffer;
  /** Models that could make room. */
  readonly removable: readonly ModelOffer[];
  readonly isOnline: boolean;
  readonly isMetered: boolean;
  /** False where what is fetched goes with the tab. */
  readonly isPersistent: boolean;
  /** What the browser says is free; undefined where it does not say. */
  readonly freeBytes: number | undefined;
  readonly onFetch: () => void;
  readonly onLeave: () => void;
  readonly onFile: (content: Blob) => void;
  readonly onRemove: (id: string) => void;
}

const METERED = html`<p class="fault">This connection is metered, or set to save data.</p>`;

export function askTemplate(asking: Asking) {
  const { offer, isOnline, isMetered, isPersistent, freeBytes, removable, onFetch, onLeave, onRemove } =
    asking;
  const { card } = offer;
  if (card.engine === 'builtin') return askBuiltin(asking);
  const size = sizeText(card.sizeBytes);
  const time = downloadText(offer.forecast ?? {});
  const isTight = freeBytes !== undefined && freeBytes < card.sizeBytes - offer.kept.doneBytes;
  return html`<div class="wide ask" role="group" aria-label=${`Fetch ${card.name}?`}>
    <p>
      ${
        isOnline
          ? html`This fetches <strong>${size}</strong> from ${hostsText(offer)} and keeps
              ${isPersistent ? 'it on this device.' : 'it until this tab is closed: the browser keeps nothing for this page.'}
              ${time ? `It takes ${time.replace(' to download', '')}.` : nothing}`
          : 'You are offline. It can be fetched when there is a network.'
      }
    </p>
    ${isMetered ? METERED : nothing}
    ${
      isTight
        ? html`<p class="fault">
              The browser has room for about ${sizeText(freeBytes)}, and may not take it.
              ${removable.length > 0 ? 'What could go:' : nothing}
            </p>
            ${roomTemplate(removable, onRemove)}`
        : nothing
    }
    ${filePicker({ label: `File of ${card.name}`, text: 'I have the file', accept: acceptOf(offer), onFile: asking.onFile })}
    <button class="small" @click=${onLeave}>Not now</button>
    <button class="small primary" ?disabled=${!isOnline} @click=${onFetch}>Fetch ${size}</button>
  </div>`;
}

/** Its files are the browser's affair: how large they are it does not tell. */
function askBuiltin({ offer: { card }, isOnline, isMetered, onFetch, onLeave }: Asking) {
  return html`<div class="wide ask" role="group" aria-label=${`Fetch ${card.name}?`}>
    <p>
      ${
        isOnline
          ? 'The browser fetches it itself, some gigabytes as a rule, keeps it for all sites, and removes it when it wants the room.'
          : 'You are offline. It can be fetched when there is a network.'
      }
    </p>
    ${isMetered ? METERED : nothing}
    <button class="small" @click=${onLeave}>Not now</button>
    <button class="small primary" ?disabled=${!isOnline} @click=${onFetch}>Have it fetched</button>
  </div>`;
}

/** A fault, and where there was no room, what could go. */
export function faultTemplate(
  { code, detail }: FaultRecord,
  keptBytes: number,
  removable: readonly ModelOffer[],
  onRemove: (id: string) => void,
) {
  const [happened, next] = FAULTS[code];
  return html`<div class="wide fault" role="alert" data-code=${code}>
    ${happened} ${next}
    ${keptBytes ? `${sizeText(keptBytes)} of it are kept; it goes on from there.` : nothing}
    <span class="facts">${detail ?? ''}</span>
    ${code === 'quota' ? roomTemplate(removable, onRemove) : nothing}
  </div>`;
}

/** One button for each model that could go. */
function roomTemplate(removable: readonly ModelOffer[], onRemove: (id: string) => void) {
  return html`<div class="room">
    ${removable.map(
      ({ card, kept }) =>
        html`<button
          class="plain small danger"
          aria-label=${`Remove ${card.name} to make room`}
          @click=${() => onRemove(card.id)}
        >
          Remove ${card.name} (${sizeText(kept.doneBytes)})
        </button>`,
    )}
  </div>`;
}

/** A way in for a model that no list names. */
export function ownTemplate(onFile: (content: File) => void) {
  return html`<div class="own">
    <p>A model of your own, as a GGUF file, stays on this device too.</p>
    ${filePicker({ label: 'A model file of your own', text: 'Take a file', accept: '.gguf', onFile })}
  </div>`;
}

interface Picking {
  /** Of the input, for a screen reader. */
  readonly label: string;
  readonly text: string;
  readonly accept: string;
  readonly onFile: (content: File) => void;
}

/** A button that opens the browser's own choice of a file. */
function filePicker({ label, text, accept, onFile }: Picking) {
  return html`<button class="small" @click=${openPicker}>${text}</button>
    <input
      type="file"
      hidden
      accept=${accept}
      aria-label=${label}
      @change=${({ target }: Event) => {
        const input = target as HTMLInputElement;
        const content = input.files?.[0];
        if (content) onFile(content);
        // So that the same file can be chosen again.
        input.value = '';
      }}
    />`;
}

/** What `Save as a file` makes of it. */
export const acceptOf = ({ card }: ModelOffer) => (card.engine === 'webllm' ? '.tar' : '.gguf');

function openPicker({ currentTarget }: Event) {
  ((currentTarget as HTMLElement).nextElementSibling as HTMLInputElement).click();
}

/** `huggingface.co, or else mirror.example`. */
function hostsText({ card }: ModelOffer): string {
  const hosts = [card.url, ...(card.mirrors ?? [])].map((url) => new URL(url, document.baseURI).host);
  return [...new Set(hosts)].join(', or else ');
}
