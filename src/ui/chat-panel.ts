/**
 * `<smallfirst-chat-panel>`: the chat as a part of somebody else's page: one conversation, what must be said beside it, and its dialogs.
 * Properties: `app`, `greeting`, `canClose`. Slots: `header`. Events: `close-chat`.
 */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { App, AppState, CloudState } from '../kernel/app-state';
import type { DepartureAnswer, PrivacyChoice } from '../kernel/departure';
import { FAULTS, type FaultCode } from '../kernel/fault';
import { AppController } from './app-controller';
import './chat-composer';
import type { ChatComposer } from './chat-composer';
import { createChatEvents, messageOf, type EmitChatEvent, type SmallfirstMessage } from './chat-events';
import { panelStyles } from './chat-panel-styles';
import { chosenOf, progressText, promiseOf } from './page-words';
import './chat-thread';
import { icons } from './icons';
import type { ModelGate, ModelImport } from './model-gate';
import type { PrivacyDialog } from './privacy-dialog';
import { controls, tokens } from './theme';
import { sizeText } from './words';

/** What messages tell the page that they stand on: none of that is for a page of somebody else's. */
const OWN_EVENTS = ['retry', 'choose-model', 'ask-cloud', 'keep-here', 'keydown', 'keyup', 'keypress'];

@customElement('smallfirst-chat-panel')
export class ChatPanel extends LitElement {
  static override readonly styles = [tokens, controls, panelStyles];

  @property({ attribute: false }) app!: App;
  @property() greeting = '';
  /** Whether it lies over the page. */
  @property({ type: Boolean }) canClose = false;
  @query('smallfirst-model-gate') private gate!: ModelGate;
  @query('smallfirst-privacy-dialog') private privacy!: PrivacyDialog;
  @query('smallfirst-chat-composer') private composer!: ChatComposer;
  emit: EmitChatEvent = () => undefined;
  #tell = createChatEvents((type, detail) => this.emit(type, detail));
  /** The dialog is here, or on its way. */
  #isAsking = false;
  #unsubscribe: (() => void) | undefined;

  constructor() {
    super();
    new AppController(this, () => this.app);
    for (const type of OWN_EVENTS) this.addEventListener(type, (event) => event.stopPropagation());
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#unsubscribe = this.app.subscribe(() => this.#tell(this.app.state));
    this.#tell(this.app.state);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#unsubscribe?.();
  }

  /** Resolves once it was handed over, which may be after storage has been read. */
  async submit(text: string): Promise<void> {
    while (this.app.state.phase !== 'ready') {
      await new Promise<void>((resolve) => {
        const stop = this.app.subscribe(() => {
          stop();
          resolve();
        });
      });
    }
    this.app.send(text);
  }

  clear(): void {
    const { current } = this.app.state;
    if (current.messages.length === 0) return;
    this.app.remove(current.id);
    this.emit('clear-messages', undefined);
  }

  messages(): SmallfirstMessage[] {
    return this.app.state.current.messages.filter(({ text }) => text).map(messageOf);
  }

  focusInput(): void {
    void this.updateComplete.then(() => this.composer.updateComplete).then(() => this.composer.focus());
  }

  override render() {
    const { app } = this;
    const { state } = app;
    const flagship = state.cloud.escalation ? state.cloud.escalation.flagship : undefined;
    this.dataset['phase'] = state.phase;
    return html`
      <div
        class="chat"
        @keydown=${this.#keydown}
        @retry=${() => app.retry()}
        @choose-model=${this.#showGate}
        @ask-cloud=${({ detail }: CustomEvent<{ id: string }>) => app.askCloud(detail.id)}
        @keep-here=${({ detail }: CustomEvent<{ id: string; isKept: boolean }>) => app.keepHere(detail.id, detail.isKept)}
      >
        ${this.#header(state)} ${state.notices.filter(isForVisitors).map((code) => this.#notice(code))}
        <smallfirst-chat-thread
          part="thread"
          exportparts="question, answer"
          .messages=${state.current.messages}
          .conversationId=${state.current.id}
          .progress=${progressText(state)}
          .flagship=${flagship?.model}
        >
          <div slot="empty" class="greeting">
            <p part="answer" dir="auto">${this.greeting || 'Hello! What would you like to know?'}</p>
            <p class="muted" dir="auto">${answererOf(state.cloud)}</p>
            ${this.#suggestedModel(state)}
          </div>
        </smallfirst-chat-thread>
        ${
          state.undoable
            ? html`<div class="toast" role="status">
                <span>Cleared.</span>
                <button class="small" @click=${() => app.undoRemove()}>Undo</button>
              </div>`
            : nothing
        }
        <footer part="footer">
          <smallfirst-chat-composer
            part="composer"
            .isReady=${state.phase === 'ready'}
            .isAnswering=${state.isAnswering}
            .text=${app.draft}
            @send=${(event: CustomEvent<string>) => app.send(event.detail)}
            @stop=${() => app.stop()}
            @draft=${(event: CustomEvent<string>) => app.keepDraft(event.detail)}
          ></smallfirst-chat-composer>
          <p dir="auto">
            Answers can be wrong. ${promiseOf(state.cloud)}
            ${flagship ? html`<button class="link" @click=${this.#showPrivacy}>Privacy</button>` : nothing}
          </p>
        </footer>
      </div>
      <smallfirst-departure-dialog
        .departure=${state.cloud.departure}
        .canAlways=${state.cloud.privacyLimit === 'when_needed'}
        @decide=${(event: CustomEvent<DepartureAnswer>) => app.answerDeparture(event.detail)}
      ></smallfirst-departure-dialog>
      <smallfirst-privacy-dialog
        .choice=${state.cloud.privacy}
        .limit=${state.cloud.privacyLimit}
        .readDepartures=${() => app.departures()}
        @choose=${(event: CustomEvent<PrivacyChoice>) => app.setPrivacy(event.detail)}
        @clear=${() => app.clearDepartures()}
      ></smallfirst-privacy-dialog>
      <smallfirst-model-gate
        .models=${state.models}
        .isOnline=${state.isOnline}
        .site=${location.host}
        @choose=${(event: CustomEvent<string>) => app.chooseModel(event.detail)}
        @cancel-model=${(event: CustomEvent<string>) => app.cancelModel(event.detail)}
        @remove-model=${(event: CustomEvent<string>) => app.removeModel(event.detail)}
        @measure=${(event: CustomEvent<boolean>) => app.measureDevice(event.detail)}
        @import-model=${({ detail }: CustomEvent<ModelImport>) => app.importModel(detail.id, detail.content)}
        .exportModel=${(id: string) => app.exportModel(id)}
      ></smallfirst-model-gate>
    `;
  }

  override firstUpdated() {
    this.emit('render', undefined);
    if (this.app.state.models.suggestedId) this.app.readModels();
  }

  #header(state: AppState) {
    const { current, isOnline } = state;
    const offer = chosenOf(state);
    return html`<header part="header">
      <div class="name"><slot name="header"></slot></div>
      ${isOnline ? nothing : html`<span class="offline" role="status">${icons.offline} Offline</span>`}
      <button
        class="plain icon small model"
        aria-label=${offer ? `Model: ${offer.card.name}` : 'Model'}
        title=${offer ? `Model: ${offer.card.name}` : 'Model'}
        aria-haspopup="dialog"
        data-state=${offer?.state.kind ?? 'absent'}
        @click=${this.#showGate}
      >
        ${icons.device}
      </button>
      ${
        current.messages.length > 0
          ? html`<button
              class="plain icon small"
              aria-label="Clear conversation"
              title="Clear conversation"
              @click=${() => this.clear()}
            >
              ${icons.bin}
            </button>`
          : nothing
      }
      ${
        this.canClose
          ? html`<button class="plain icon small" aria-label="Close" title="Close" @click=${this.#close}>
              ${icons.close}
            </button>`
          : nothing
      }
    </header>`;
  }

  #suggestedModel({ models }: AppState) {
    const offer = models.offers.find(({ card }) => card.id === models.suggestedId);
    if (!offer || offer.refusal || offer.card.id === models.chosenId) return nothing;
    return html`<button class="small" @click=${this.#showGate}>
      ${icons.download} A larger model for this site:
      ${offer.card.name}${offer.card.sizeBytes ? `, ${sizeText(offer.card.sizeBytes)}` : nothing}
    </button>`;
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

  override updated() {
    if (this.app.state.cloud.departure && !this.#isAsking) void this.#ask();
  }

  /** What may leave is asked with a dialog that is fetched when it is needed; without it nothing leaves. */
  async #ask() {
    this.#isAsking = true;
    await import('./departure-dialog').catch(() => {
      this.#isAsking = false;
      this.app.answerDeparture({ choice: 'keep' });
    });
  }

  async #showGate() {
    this.app.readModels();
    await import('./model-gate');
    await this.updateComplete;
    this.gate.show();
  }

  async #showPrivacy() {
    await import('./privacy-dialog');
    await this.updateComplete;
    await this.privacy.show();
  }

  #keydown(event: KeyboardEvent) {
    if (event.key !== 'Escape' || !this.canClose || this.app.state.isAnswering) return;
    this.#close();
  }

  #close() {
    this.dispatchEvent(new CustomEvent('close-chat', { bubbles: true }));
  }
}

/** Not what only the site's owner can change. */
function isForVisitors(code: FaultCode): boolean {
  return code !== 'insecure_context';
}

/** Who answers, said before anything was asked. */
function answererOf({ mode, escalation }: CloudState) {
  if (escalation && (mode === 'prefer_in_cloud' || mode === 'only_in_cloud'))
    return html`${icons.cloud} Answered by ${escalation.flagship.model}, once you agree.`;
  return html`${icons.device} Answered on your own device, by a small language model.`;
}

export function createChatPanel(app: App, emit: EmitChatEvent): ChatPanel {
  const panel = document.createElement('smallfirst-chat-panel') as ChatPanel;
  // From the tag's own shadow tree, where a page can reach them.
  panel.setAttribute('exportparts', 'header, thread, question, answer, composer, footer');
  panel.app = app;
  panel.emit = emit;
  return panel;
}
