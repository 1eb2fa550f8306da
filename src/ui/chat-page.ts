/** `<chat-page>`: the whole page: conversations, thread, composer, and what must be said beside them. Property: `app`. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { App, AppState, CloudState, ModelOffer } from '../kernel/app-state';
import { FAULTS, type FaultCode } from '../kernel/fault';
import { healingText, type Healing } from '../kernel/healing';
import type { DepartureAnswer, PrivacyChoice } from '../kernel/departure';
import { AppController } from './app-controller';
import './chat-composer';
import type { ChatComposer } from './chat-composer';
import './chat-list';
import { pageStyles } from './chat-page-styles';
import './chat-thread';
import './departure-dialog';
import './meter-panel';
import './privacy-dialog';
import type { PrivacyDialog } from './privacy-dialog';
import './save-dial';
import { icons } from './icons';
import './model-gate';
import type { ModelGate, ModelImport } from './model-gate';
import { controls, tokens } from './theme';
import { sizeText } from './words';

@customElement('chat-page')
export class ChatPage extends LitElement {
  static override readonly styles = [tokens, controls, pageStyles];

  @property({ attribute: false }) app!: App;
  @state() private isMenuOpen = false;
  @query('smallfirst-model-gate') private gate!: ModelGate;
  @query('privacy-dialog') private privacy!: PrivacyDialog;
  @query('smallfirst-chat-composer') private composer!: ChatComposer;

  constructor() {
    super();
    new AppController(this, () => this.app);
  }

  override render() {
    const { app } = this;
    const { state } = app;
    const flagship = state.cloud.escalation ? state.cloud.escalation.flagship : undefined;
    this.dataset['phase'] = state.phase;
    return html`
      <a class="skip" href="#composer" @click=${this.#skip}>To the message field</a>
      <nav id="menu" aria-label="Conversations" ?data-open=${this.isMenuOpen} @keydown=${this.#menuKey}>
        <div class="brand">
          ${icons.logo}<span>Smallfirst</span>
          <button class="plain icon menu" aria-label="Close menu" @click=${this.#closeMenu}>
            ${icons.close}
          </button>
        </div>
        <button class="new" @click=${() => this.#act(() => app.newChat())}>${icons.plus} New chat</button>
        <chat-list
          .conversations=${state.conversations}
          .currentId=${state.current.id}
          .answeringIds=${state.answeringIds}
          @open-chat=${(event: CustomEvent<string>) => this.#act(() => app.openChat(event.detail))}
          @rename=${({ detail }: CustomEvent<{ id: string; title: string }>) => app.rename(detail.id, detail.title)}
          @remove=${(event: CustomEvent<string>) => app.remove(event.detail)}
        ></chat-list>
        <meter-panel .totals=${state.totals}></meter-panel>
        <button class="plain small" @click=${() => this.privacy.show()}>${icons.lock} Privacy</button>
      </nav>
      ${this.isMenuOpen ? html`<div class="scrim" @click=${this.#closeMenu}></div>` : nothing}
      <main
        @suggest=${(event: CustomEvent<string>) => app.send(event.detail)}
        @retry=${() => app.retry()}
        @choose-model=${() => this.gate.show()}
        @ask-cloud=${({ detail }: CustomEvent<{ id: string }>) => app.askCloud(detail.id)}
        @keep-here=${({ detail }: CustomEvent<{ id: string; isKept: boolean }>) => app.keepHere(detail.id, detail.isKept)}
      >
        <header>
          <button
            class="plain icon menu"
            aria-label="Open menu"
            aria-controls="menu"
            aria-expanded=${this.isMenuOpen}
            @click=${this.#openMenu}
          >
            ${icons.menu}
          </button>
          <h1>${state.current.messages.length > 0 ? state.current.title : 'New chat'}</h1>
          ${state.isOnline ? nothing : html`<span class="offline" role="status">${icons.offline} Offline</span>`}
          ${this.#modelButton(state)}
        </header>
        ${this.#banners(state)}
        <smallfirst-chat-thread
          .messages=${state.current.messages}
          .conversationId=${state.current.id}
          .progress=${progressText(state)}
          .model=${chosenOf(state)?.card}
          .flagship=${flagship?.model}
        ></smallfirst-chat-thread>
        <div class="foot" id="composer">
          <smallfirst-chat-composer
            .isReady=${state.phase === 'ready'}
            .isAnswering=${state.isAnswering}
            .text=${app.draft}
            @send=${(event: CustomEvent<string>) => app.send(event.detail)}
            @stop=${() => app.stop()}
            @draft=${(event: CustomEvent<string>) => app.keepDraft(event.detail)}
          ></smallfirst-chat-composer>
          <p>
            Answers can be wrong. ${promiseOf(state.cloud)}
            ${
              flagship && state.cloud.privacy !== 'never'
                ? html`<save-dial
                    .value=${state.cloud.dial}
                    @dial=${(event: CustomEvent<number>) => app.setDial(event.detail)}
                  ></save-dial>`
                : nothing
            }
          </p>
        </div>
        ${
          state.undoable
            ? html`<div class="toast" role="status">
                <span>Deleted “${state.undoable.title}”.</span>
                <button class="small" @click=${() => app.undoRemove()}>Undo</button>
              </div>`
            : nothing
        }
      </main>
      <smallfirst-departure-dialog
        .departure=${state.cloud.departure}
        .canAlways=${state.cloud.privacyLimit === 'when_needed'}
        @decide=${(event: CustomEvent<DepartureAnswer>) => app.answerDeparture(event.detail)}
      ></smallfirst-departure-dialog>
      <privacy-dialog
        .choice=${state.cloud.privacy}
        .limit=${state.cloud.privacyLimit}
        .readDepartures=${() => app.departures()}
        @choose=${(event: CustomEvent<PrivacyChoice>) => app.setPrivacy(event.detail)}
        @clear=${() => app.clearDepartures()}
      ></privacy-dialog>
      <smallfirst-model-gate
        .models=${state.models}
        .isOnline=${state.isOnline}
        @choose=${(event: CustomEvent<string>) => app.chooseModel(event.detail)}
        @cancel-model=${(event: CustomEvent<string>) => app.cancelModel(event.detail)}
        @remove-model=${(event: CustomEvent<string>) => app.removeModel(event.detail)}
        @import-model=${({ detail }: CustomEvent<ModelImport>) => app.importModel(detail.id, detail.content)}
        .exportModel=${(id: string) => app.exportModel(id)}
      ></smallfirst-model-gate>
    `;
  }

  override firstUpdated() {
    void this.#focusComposer();
  }

  async #focusComposer() {
    await this.composer.updateComplete;
    // On a phone this would open the keyboard over the page.
    if (matchMedia('(hover: hover)').matches) this.composer.focus();
  }

  #modelButton(state: AppState) {
    const offer = chosenOf(state);
    const kind = offer?.state.kind ?? 'absent';
    const label = {
      absent: '',
      kept: '',
      paused: 'paused',
      fetching: 'fetching',
      starting: 'starting',
      ready: 'ready',
      failed: 'failed',
    }[kind];
    return html`<button
      class="model"
      aria-label=${`Model: ${offer?.card.name ?? 'none'} ${label}`.trim()}
      aria-haspopup="dialog"
      data-state=${kind}
      @click=${() => this.gate.show()}
    >
      <i></i><span>${offer?.card.name ?? 'Choose a model'}</span>${icons.chevron}
    </button>`;
  }

  #banners({ notices, update, models }: AppState) {
    const banners: TemplateResult[] = notices.map((code) => this.#notice(code));
    if (models.healing) banners.push(this.#healing(models.healing));
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
          <button class="small" @click=${() => this.app.applyUpdate()}>Reload</button>
        </div>`,
      );
    }
    return banners;
  }

  #notice(code: FaultCode) {
    const [happened, next] = FAULTS[code];
    return html`<div class="banner" role="alert" data-code=${code}>
      ${icons.warn}
      <p><strong>${happened}</strong> ${next}</p>
      <button class="plain icon small" aria-label="Dismiss" @click=${() => this.app.dismissNotice(code)}>
        ${icons.close}
      </button>
    </div>`;
  }

  /** Why another model answers than the one that was chosen, with a way back to it. */
  #healing(healing: Healing) {
    const { did, modelId, modelName } = healing;
    return html`<div class="banner" role="status" data-healed=${did} data-cause=${healing.cause}>
      ${did === 'climbed_back' ? icons.check : icons.warn}
      <p>${healingText(healing)}</p>
      ${
        did === 'stepped_down'
          ? html`<button class="small" @click=${() => this.app.chooseModel(modelId)}>
              Try ${modelName} again
            </button>`
          : nothing
      }
      <button class="plain icon small" aria-label="Dismiss" @click=${() => this.app.dismissHealing()}>
        ${icons.close}
      </button>
    </div>`;
  }

  #act(action: () => void) {
    action();
    this.isMenuOpen = false;
    this.composer.focus();
  }

  #skip(event: Event) {
    event.preventDefault();
    this.composer.focus();
  }

  async #openMenu() {
    this.isMenuOpen = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('nav .menu')?.focus();
  }

  async #closeMenu() {
    this.isMenuOpen = false;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('header .menu')?.focus();
  }

  #menuKey(event: KeyboardEvent) {
    if (event.key === 'Escape' && this.isMenuOpen) void this.#closeMenu();
  }
}

/** What the page says of where words go. */
function promiseOf({ escalation, privacy }: CloudState): string {
  if (!escalation || privacy === 'never') return 'Nothing you write leaves this device.';
  return privacy === 'ask'
    ? 'Nothing you write leaves this device before you agree.'
    : 'Hard questions may leave this device; addresses, numbers and keys are replaced first.';
}

/** What an answer without any text yet is waiting for. */
function progressText(app: AppState): string {
  const state = chosenOf(app)?.state;
  if (state?.kind === 'fetching') {
    return `Fetching the model: ${sizeText(state.doneBytes)} of ${sizeText(state.totalBytes)}`;
  }
  return state?.kind === 'starting' ? 'Starting the model' : '';
}

function chosenOf({ models }: AppState): ModelOffer | undefined {
  return models.offers.find(({ card }) => card.id === models.chosenId);
}
