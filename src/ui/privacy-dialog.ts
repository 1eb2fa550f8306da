/**
 * `<smallfirst-privacy-dialog>`: what may leave this device, and the list of what did; `show()` opens it.
 * Properties: `choice`, `limit`, `isCounted` (the site is told how many answers), `readDepartures`. Events: `choose` (detail: a PrivacyChoice), `clear`.
 */
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import {
  PERSONAL_KINDS,
  PRIVACY_CHOICES,
  type DepartureRecord,
  type PersonalKind,
  type PrivacyChoice,
} from '../kernel/departure';
import { dialogStyles } from './dialog-styles';
import { icons } from './icons';
import { controls } from './theme';
import { sizeText } from './words';

const CHOICES: Record<PrivacyChoice, readonly [name: string, meaning: string]> = {
  never: [
    'Never',
    'Everything is answered here. Your browser is told to fetch nothing but files and models.',
  ],
  ask: ['Ask me', 'You see exactly what would be sent, once in each chat, before anything leaves.'],
  when_needed: [
    'When needed',
    'Hard questions go without asking. E-mail addresses, numbers and keys are replaced all the same.',
  ],
};

@customElement('smallfirst-privacy-dialog')
export class PrivacyDialog extends LitElement {
  static override readonly styles = [
    controls,
    dialogStyles,
    css`
      label span {
        display: block;
      }
      input[type='search'] {
        flex: 1;
        min-width: 8rem;
        min-height: 2rem;
        padding: 0.1rem 0.7rem;
        border: 1px solid var(--sf-line);
        border-radius: 8px;
        background: var(--sf-surface);
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin-bottom: 0.5rem;
      }
      ul {
        margin: 0;
        padding: 0 0 1.2rem;
        list-style: none;
      }
      li {
        border-top: 1px solid var(--sf-line);
        font-size: 0.9rem;
      }
      summary {
        padding: 0.5rem 0;
        cursor: pointer;
      }
    `,
  ];

  @property() choice: PrivacyChoice = 'ask';
  @property() limit: PrivacyChoice = 'when_needed';
  @property({ type: Boolean }) isCounted = false;
  @property({ attribute: false }) readDepartures!: () => Promise<readonly DepartureRecord[]>;
  @state() private departures: readonly DepartureRecord[] = [];
  @state() private search = '';
  @state() private isClearing = false;
  @query('dialog') private dialog!: HTMLDialogElement;

  async show() {
    this.search = '';
    this.isClearing = false;
    this.dialog.showModal();
    await this.#read();
  }

  override render() {
    const found = this.departures.filter((record) => isAbout(record, this.search));
    return html`<dialog aria-labelledby="title">
      <header>
        <h2 id="title">Privacy</h2>
        <button class="plain icon" aria-label="Close" @click=${() => this.dialog.close()}>
          ${icons.close}
        </button>
      </header>
      <div class="body">
        <fieldset role="radiogroup" aria-label="What may leave this device">
          <legend>May your questions go to a larger model?</legend>
          ${PRIVACY_CHOICES.map((choice) => this.#choice(choice))}
        </fieldset>
        ${
          this.isCounted && this.choice !== 'never'
            ? html`<p class="muted">
                This site is told how many answers were made here and how many in the cloud: two numbers,
                nothing else.
              </p>`
            : nothing
        }
        <h3>What has left this device</h3>
        ${
          this.departures.length === 0
            ? html`<p class="muted">Nothing.</p>`
            : html`<div class="tools">
                  <input
                    type="search"
                    aria-label="Search what has left"
                    placeholder="Search"
                    .value=${this.search}
                    @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
                  />
                  <button class="small" @click=${this.#export}>Export</button>
                  ${
                    this.isClearing
                      ? html`<button class="small danger" @click=${this.#clear}>Clear for good</button>`
                      : html`<button class="small" @click=${() => (this.isClearing = true)}>
                          Clear list
                        </button>`
                  }
                </div>
                <p class="muted" role="status">
                  ${found.length === this.departures.length ? '' : `${found.length} of `}${this.departures.length}
                  ${this.departures.length === 1 ? 'request' : 'requests'}. This list is kept on this device
                  only.
                </p>
                <ul aria-label="Departures">
                  ${found.map(departureItem)}
                </ul>`
        }
      </div>
    </dialog>`;
  }

  #choice(choice: PrivacyChoice) {
    const [name, meaning] = CHOICES[choice];
    const isForbidden = PRIVACY_CHOICES.indexOf(choice) > PRIVACY_CHOICES.indexOf(this.limit);
    return html`<label>
      <input
        type="radio"
        name="privacy"
        .checked=${choice === this.choice}
        ?disabled=${isForbidden}
        @change=${() => this.dispatchEvent(new CustomEvent('choose', { detail: choice }))}
      />
      <span>
        <strong>${name}</strong>${isForbidden ? ' (this site does not allow it)' : nothing}
        <span class="muted">${meaning}</span>
      </span>
    </label>`;
  }

  async #read() {
    this.departures = await this.readDepartures().catch(() => []);
  }

  #export() {
    const blob = new Blob([JSON.stringify(this.departures, undefined, 2)], { type: 'application/json' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = 'smallfirst-departures.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
  }

  async #clear() {
    this.isClearing = false;
    this.departures = [];
    this.dispatchEvent(new CustomEvent('clear'));
  }
}

function isAbout({ messages, modelName, host }: DepartureRecord, search: string): boolean {
  const text = [modelName, host, ...messages.map(({ content }) => content)].join('\n').toLowerCase();
  return text.includes(search.trim().toLowerCase());
}

function departureItem({ at, modelName, host, bytes, redacted, messages, isLater }: DepartureRecord) {
  const pieces = Object.entries(redacted).map(
    ([kind, count]) => `${count} × ${PERSONAL_KINDS[kind as PersonalKind].toLowerCase()}`,
  );
  return html`<li>
    <details>
      <summary>
        ${new Date(at).toLocaleString()} · ${modelName} by way of ${host} · ${sizeText(bytes)}
        ${isLater ? '· to be answered later' : nothing}
        ${pieces.length > 0 ? html`· replaced: ${pieces.join(', ')}` : nothing}
      </summary>
      <dl>
        ${messages.map(
          ({ role, content }) =>
            html`<dt>${role}</dt>
              <dd dir="auto">${content}</dd>`,
        )}
      </dl>
    </details>
  </li>`;
}
