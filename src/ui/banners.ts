/** What the page says above a conversation: faults, what was healed, and a new version of itself. */
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../kernel/app-state';
import { FAULTS, type FaultCode } from '../kernel/fault';
import { healingText, type Healing } from '../kernel/healing';
import { icons } from './icons';

export function bannersOf(app: App): TemplateResult[] {
  const { notices, update, models, isAskingNotices } = app.state;
  const banners = notices.map((code) => notice(app, code));
  if (models.healing) banners.push(healed(app, models.healing));
  if (update !== 'none') {
    banners.push(
      html`<div class="banner update" role="status" data-update=${update}>
        <p>
          ${
            update === 'ready'
              ? 'A new version of this page is here. Answers under way are finished first.'
              : 'This page was updated on its server, and needs to be reloaded. What you typed is kept.'
          }
        </p>
        <button class="small" @click=${() => app.applyUpdate()}>Reload</button>
      </div>`,
    );
  }
  if (isAskingNotices) {
    banners.push(
      html`<div class="banner update" role="status" data-asking="notices">
        <p>
          An answer took its time, and came while you were elsewhere. Shall this device tell you the next
          time?
        </p>
        <button class="small" @click=${() => app.allowNotices()}>Tell me</button>
        <button class="plain small" @click=${() => app.declineNotices()}>No</button>
      </div>`,
    );
  }
  return banners;
}

function notice(app: App, code: FaultCode): TemplateResult {
  const [happened, next] = FAULTS[code];
  return html`<div class="banner" role="alert" data-code=${code}>
    ${icons.warn}
    <p><strong>${happened}</strong> ${next}</p>
    <button class="plain icon small" aria-label="Dismiss" @click=${() => app.dismissNotice(code)}>
      ${icons.close}
    </button>
  </div>`;
}

/** Why another model answers than the one that was chosen, with a way back to it. */
function healed(app: App, healing: Healing): TemplateResult {
  const { did, modelId, modelName } = healing;
  return html`<div class="banner" role="status" data-healed=${did} data-cause=${healing.cause}>
    ${did === 'climbed_back' ? icons.check : icons.warn}
    <p>${healingText(healing)}</p>
    ${
      did === 'stepped_down'
        ? html`<button class="small" @click=${() => app.chooseModel(modelId)}>Try ${modelName} again</button>`
        : nothing
    }
    <button class="plain icon small" aria-label="Dismiss" @click=${() => app.dismissHealing()}>
      ${icons.close}
    </button>
  </div>`;
}
