/** `<chat-page>`: the whole page: conversations, thread, composer, and what must be said beside them. Property: `app`. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { App, AppState, Launch } from '../kernel/app-state';
import type { SearchHit } from '../kernel/archive';
import type { DepartureAnswer, PrivacyChoice } from '../kernel/departure';
import { AppController } from './app-controller';
import { bannersOf } from './banners';
import './chat-composer';
import type { ChatComposer } from './chat-composer';
import './chat-list';
import { pageStyles } from './chat-page-styles';
import './chat-thread';
import './save-dial';
import { icons } from './icons';
import { partIn, loadParts } from './lazy-parts';
import type { ModelImport } from './model-gate';
import { chosenOf, progressText, promiseOf } from './page-words';
import { controls, tokens } from './theme';

@customElement('chat-page')
export class ChatPage extends LitElement {
  static override readonly styles = [tokens, controls, pageStyles];

  @property({ attribute: false }) app!: App;
  @state() private isMenuOpen = false;
  @state() private target: { readonly id: string } | undefined;
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
        <div class="tools">
          <button class="new" @click=${() => this.#act(() => app.newChat())}>${icons.plus} New chat</button>
          <button class="icon" aria-label="Search chats" title="Search chats (Ctrl K)" @click=${this.#search}>
            ${icons.search}
          </button>
        </div>
        <chat-list
          .conversations=${state.conversations}
          .currentId=${state.current.id}
          .answeringIds=${state.answeringIds}
          @open-chat=${(event: CustomEvent<string>) => this.#act(() => app.openChat(event.detail))}
          @rename=${({ detail }: CustomEvent<{ id: string; title: string }>) => app.rename(detail.id, detail.title)}
          @pin=${({ detail }: CustomEvent<{ id: string; isPinned: boolean }>) => app.pin(detail.id, detail.isPinned)}
          @remove=${(event: CustomEvent<string>) => app.remove(event.detail)}
        ></chat-list>
        <meter-panel .totals=${state.totals}></meter-panel>
        <div class="tools">
          <button class="plain small" @click=${this.#backup}>${icons.chats} Export, import</button>
          <button class="plain small" @click=${this.#privacy}>${icons.lock} Privacy</button>
          ${
            state.canInstall
              ? html`<button class="plain small" @click=${() => app.install()}>${icons.app} Install</button>`
              : nothing
          }
        </div>
      </nav>
      ${this.isMenuOpen ? html`<div class="scrim" @click=${this.#closeMenu}></div>` : nothing}
      <main
        @suggest=${(event: CustomEvent<string>) => app.send(event.detail)}
        @retry=${() => app.retry()}
        @choose-model=${this.#gate}
        @cancel-later=${({ detail }: CustomEvent<{ id: string }>) => app.cancelLater(detail.id)}
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
        ${bannersOf(app)}
        <smallfirst-chat-thread
          .messages=${state.current.messages}
          .conversationId=${state.current.id}
          .target=${this.target}
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
      <chat-search
        .archive=${app.archive}
        @open-hit=${(event: CustomEvent<SearchHit>) => this.#openHit(event.detail)}
      ></chat-search>
      <backup-dialog
        .archive=${app.archive}
        .current=${state.current.messages.length > 0 ? state.current : undefined}
      ></backup-dialog>
      <smallfirst-privacy-dialog
        .choice=${state.cloud.privacy}
        .limit=${state.cloud.privacyLimit}
        ?isCounted=${state.cloud.isCounted}
        .readDepartures=${() => app.departures()}
        @choose=${(event: CustomEvent<PrivacyChoice>) => app.setPrivacy(event.detail)}
        @clear=${() => app.clearDepartures()}
      ></smallfirst-privacy-dialog>
      <smallfirst-model-gate
        .models=${state.models}
        .isOnline=${state.isOnline}
        .isMetered=${state.isMetered}
        @measure=${(event: CustomEvent<boolean>) => app.measureDevice(event.detail)}
        @add-model=${({ detail }: CustomEvent<File>) => app.addModel(detail.name, detail)}
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
    void loadParts().then(() => this.app.keepOffline());
  }

  override updated() {
    const { cloud, launch, phase } = this.app.state;
    if (cloud.departure) void this.#askDeparture();
    if (launch && phase === 'ready') void this.#launch(launch);
  }

  /** Does what the page was opened for; what was shared is put before the person, and sent by nobody else. */
  async #launch({ isNewChat, isSearch, text, chatId, file }: Launch) {
    this.app.takeLaunch();
    if (isNewChat || text) this.#act(() => this.app.newChat());
    if (text) this.composer.add(text);
    if (chatId) this.#act(() => this.app.openChat(chatId));
    if (isSearch) await this.#search();
    if (file) (await partIn(this.renderRoot, 'backup-dialog'))?.show(file);
  }

  /** A dialog that cannot be fetched asks nobody: then nothing leaves. */
  async #askDeparture() {
    const dialog = await partIn(this.renderRoot, 'smallfirst-departure-dialog');
    if (!dialog) this.app.answerDeparture({ choice: 'keep' });
  }

  override connectedCallback() {
    super.connectedCallback();
    addEventListener('keydown', this.#key);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#key);
  }

  readonly #search = async () => (await partIn(this.renderRoot, 'chat-search'))?.show();
  readonly #backup = async () => (await partIn(this.renderRoot, 'backup-dialog'))?.show();
  readonly #privacy = async () => void (await partIn(this.renderRoot, 'smallfirst-privacy-dialog'))?.show();
  readonly #gate = async () => (await partIn(this.renderRoot, 'smallfirst-model-gate'))?.show();

  readonly #key = (event: KeyboardEvent) => {
    if (
      event.key.toLowerCase() !== 'k' ||
      !(event.ctrlKey || event.metaKey) ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    void this.#search();
  };

  #openHit({ id, messageId }: SearchHit) {
    this.#act(() => this.app.openChat(id));
    this.target = messageId === undefined ? undefined : { id: messageId };
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
      @click=${this.#gate}
    >
      <i></i><span>${offer?.card.name ?? 'Choose a model'}</span>${icons.chevron}
    </button>`;
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
