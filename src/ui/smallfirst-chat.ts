/**
 * `<smallfirst-chat>`: a chat for any site: a launcher until it is opened, or a part of the page; nothing else is fetched before.
 * Attributes: see `SmallfirstChat`.
 */
import type { ChatEventDetails, SmallfirstMessage } from './chat-events';
import type { ChatPanel } from './chat-panel';
import { doorSheet, element, failure, launcherIcon, waiting, whenNear } from './door-parts';
import { SiteSettings } from './site-settings';
import type { OpenApp, Visited } from './visit';

type Listener = EventListenerOrEventListenerObject;

interface Opened extends Visited {
  readonly panel: ChatPanel;
}

/** The events by name, as `addEventListener` gives them. */
export type SmallfirstChatEventMap = {
  readonly [Name in keyof ChatEventDetails]: CustomEvent<ChatEventDetails[Name]>;
};

/**
 * A chat that is answered on the visitor's own device, and by the site's large model only where the visitor agrees.
 * Its events do not bubble: a site's own listeners for `message` and `error` on the window hear nothing of them.
 *
 * @tag smallfirst-chat
 * @attr {string} server - Address of the Smallfirst server that is asked; the script's own where there is none.
 * @attr {'prefer_on_device'|'only_on_device'|'prefer_in_cloud'|'only_in_cloud'} mode - Who answers; `prefer_on_device` where there is none.
 * @attr {string} model - Id of a larger model that the site suggests. It is fetched only when the visitor asks for it.
 * @attr {string} greeting - What the chat says before anything was asked.
 * @attr {'auto'|'light'|'dark'} theme - `auto`, as the visitor's system is, where there is none.
 * @attr {'floating'|'inline'} layout - `floating`, with a launcher in the corner, where there is none.
 * @attr {boolean} open - Whether the panel is shown; follows what the visitor does.
 *
 * @fires {CustomEvent<{ message: SmallfirstMessage }>} message - A question was asked, or an answer is whole.
 * @fires {CustomEvent<{ code: string, message: string }>} error - Something failed: a code and a sentence.
 * @fires {CustomEvent<void>} render - The panel is there for the first time.
 * @fires {CustomEvent<void>} clear-messages - The conversation was cleared.
 * @fires {CustomEvent<{ place: 'local' | 'cloud', model: string }>} place-change - An answer is made elsewhere than the one before.
 * @fires {CustomEvent<{ sentiment: 'positive' | 'neutral' | 'negative', message: SmallfirstMessage }>} sentiment - How a question sounded, read on the visitor's device after its answer.
 *
 * @slot header - In place of the title.
 * @slot launcher - In place of the round button.
 *
 * @csspart launcher - The round button.
 * @csspart panel - What opens.
 * @csspart header - The bar with the title and the buttons.
 * @csspart thread - The conversation.
 * @csspart question - A question of the visitor's.
 * @csspart answer - The text of an answer.
 * @csspart composer - Where a message is written.
 * @csspart footer - The composer and the words below it.
 *
 * @cssprop --smallfirst-accent - Buttons and marks.
 * @cssprop --smallfirst-on-accent - What stands on the accent.
 * @cssprop --smallfirst-accent-soft - Behind questions.
 * @cssprop --smallfirst-bg - Behind the conversation.
 * @cssprop --smallfirst-surface - Behind header, composer and dialogs.
 * @cssprop --smallfirst-surface-2 - Behind what is pressed or set apart.
 * @cssprop --smallfirst-text - Text.
 * @cssprop --smallfirst-muted - Lesser text.
 * @cssprop --smallfirst-line - Lines.
 * @cssprop --smallfirst-danger - Of what failed.
 * @cssprop --smallfirst-danger-soft - Behind what failed.
 * @cssprop --smallfirst-code-bg - Behind code.
 * @cssprop --smallfirst-font - Font family.
 * @cssprop --smallfirst-radius - Corners of the panel.
 * @cssprop --smallfirst-shadow - Shadow of panel and launcher.
 * @cssprop --smallfirst-width - Width of the panel.
 * @cssprop --smallfirst-height - Height of the panel.
 * @cssprop --smallfirst-offset - From the corner of the window.
 */
export class SmallfirstChat extends SiteSettings {
  static readonly observedAttributes = ['server', 'mode', 'model', 'greeting', 'layout', 'open'];
  /** @internal */
  static openApp: OpenApp;

  readonly #frame = element('div', { class: 'frame' });
  readonly #launcher = element('button', { class: 'launcher', part: 'launcher', type: 'button' });
  readonly #panel = element('section', { class: 'panel', part: 'panel', id: 'panel', 'aria-label': 'Chat' });
  #opening: Promise<Opened> | undefined;
  #opened: Opened | undefined;
  #life: AbortController | undefined;
  #nearing: IntersectionObserver | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [doorSheet()];
    this.#launcher.append(launcherIcon());
    const slot = element('slot', { name: 'launcher' });
    slot.append(this.#launcher);
    slot.addEventListener('click', () => (this.isOpen ? this.close() : this.#openByHand()));
    this.#panel.addEventListener('close-chat', () => this.#closeByHand());
    this.#frame.append(this.#panel, slot);
    root.append(this.#frame);
  }

  /** As a method it opens the panel; set to a boolean, as some frameworks do, it opens or closes it. */
  get open(): () => void {
    return () => this.#setOpen(true);
  }
  set open(value: unknown) {
    this.#setOpen(value !== false && value !== null && value !== undefined);
  }
  close(): void {
    this.#setOpen(false);
  }
  /** Whether the panel is shown. */
  get isOpen(): boolean {
    return this.hasAttribute('open') || this.layout === 'inline';
  }

  /** Sends `message` in the visitor's name; opens the app where it was not opened yet, not the panel. */
  async submitUserMessage(message: string | { readonly text: string }): Promise<void> {
    const { panel } = await this.#wake();
    await panel.submit(typeof message === 'string' ? message : message.text);
  }
  /** Deletes the conversation. */
  async clearMessages(): Promise<void> {
    (await this.#wake()).panel.clear();
  }
  /** The conversation so far; empty before the chat was opened for the first time. */
  getMessages(): SmallfirstMessage[] {
    return this.#opened?.panel.messages() ?? [];
  }
  /** Puts the caret where a message is written; opens the panel. */
  async focusInput(): Promise<void> {
    this.#setOpen(true);
    (await this.#wake()).panel.focusInput();
  }

  override addEventListener<Name extends keyof SmallfirstChatEventMap>(
    type: Name,
    listener: (event: SmallfirstChatEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: Listener,
    options?: boolean | AddEventListenerOptions,
  ): void {
    super.addEventListener(type, listener, options);
  }

  connectedCallback(): void {
    this.upgrade(['server', 'mode', 'model', 'greeting', 'theme', 'layout', 'open']);
    this.#place();
    this.#show();
  }

  disconnectedCallback(): void {
    this.#nearing?.disconnect();
    // Moved within the page it is back before the microtask.
    queueMicrotask(() => this.isConnected || this.#sleep());
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return;
    if (name === 'open') this.#show();
    if (name === 'layout') {
      this.#place();
      this.#show();
    }
    if (name === 'mode') this.#opened?.app.setMode(this.mode);
    if (name === 'greeting' && this.#opened) this.#opened.panel.greeting = after ?? '';
    if ((name === 'server' || name === 'model') && this.#opening) {
      this.#sleep();
      this.#show();
    }
  }

  #setOpen(isOpen: boolean): void {
    this.toggleAttribute('open', isOpen);
  }

  #openByHand(): void {
    this.open();
    // On a phone this would open the keyboard over the panel.
    if (!matchMedia('(hover: hover)').matches) return;
    this.#wake().then(
      ({ panel }) => panel.focusInput(),
      () => undefined,
    );
  }

  #closeByHand(): void {
    this.close();
    const own = this.querySelector<HTMLElement>(':scope > [slot=launcher]');
    (own ?? this.#launcher).focus();
  }

  /** In the top layer, where neither the page's `z-index` nor its transforms get in the way; or in its flow. */
  #place(): void {
    const frame = this.#frame;
    frame.dataset['layout'] = this.layout;
    if (this.layout === 'inline') frame.removeAttribute('popover');
    else frame.setAttribute('popover', 'manual');
    const isClosed = 'showPopover' in frame && !frame.matches(':popover-open');
    if (this.layout === 'floating' && this.isConnected && isClosed) frame.showPopover();
  }

  #show(): void {
    const { isOpen } = this;
    this.#panel.hidden = !isOpen;
    if (this.layout === 'floating') this.#panel.setAttribute('role', 'dialog');
    else this.#panel.setAttribute('role', 'region');
    this.#launcher.setAttribute('aria-label', isOpen ? 'Close chat' : 'Open chat');
    this.#launcher.setAttribute('aria-expanded', String(isOpen));
    this.#launcher.setAttribute('aria-controls', 'panel');
    this.#nearing?.disconnect();
    if (!isOpen || this.#opening) return;
    if (this.layout === 'floating') this.#wakeQuietly();
    else this.#nearing = whenNear(this.#panel, () => this.#wakeQuietly());
  }

  #wake(): Promise<Opened> {
    if (!this.isConnected) return Promise.reject(new Error('smallfirst-chat is in no document'));
    return (this.#opening ??= this.#load());
  }

  /** Where nobody waits for it: a failure is shown. */
  #wakeQuietly(): void {
    this.#wake().catch(() => undefined);
  }

  async #load(): Promise<Opened> {
    const { server, mode, model } = this;
    const life = (this.#life ??= new AbortController());
    this.#panel.replaceChildren(waiting());
    const visiting = SmallfirstChat.openApp({ server, mode, model });
    try {
      const { createChatPanel } = await import('./chat-panel');
      const visited = await visiting;
      life.signal.throwIfAborted();
      const panel = createChatPanel(visited.app, (type, detail) => this.#emit(type, detail));
      panel.greeting = this.greeting ?? '';
      panel.canClose = this.layout === 'floating';
      const header = element('slot', { name: 'header', slot: 'header' });
      header.append(element('span', { class: 'title' }, 'Chat'));
      panel.append(header);
      this.#panel.replaceChildren(panel);
      return (this.#opened = { ...visited, panel });
    } catch (error) {
      void visiting.then((visited) => visited.leave()).catch(() => undefined);
      if (!life.signal.aborted) this.#fail(error);
      throw error;
    }
  }

  /** The chat could not be fetched; the site is told, the visitor may try again. */
  #fail(error: unknown): void {
    this.#opening = undefined;
    this.#panel.replaceChildren(
      failure(() => this.#wakeQuietly(), this.layout === 'floating' ? () => this.#closeByHand() : undefined),
    );
    const detail = {
      code: 'unreachable' as const,
      message: error instanceof Error ? error.message : String(error),
    };
    this.#emit('error', detail);
  }

  /** Lets go of app, engine, worker and listeners; the next opening starts anew. */
  #sleep(): void {
    this.#life?.abort();
    this.#opened?.leave();
    this.#life = this.#opening = this.#opened = undefined;
    this.#panel.replaceChildren();
  }

  #emit<Name extends keyof ChatEventDetails>(type: Name, detail: ChatEventDetails[Name]): void {
    this.dispatchEvent(eventOf(type, detail));
  }
}

function eventOf<Name extends keyof ChatEventDetails>(type: Name, detail: ChatEventDetails[Name]) {
  return new CustomEvent(type, { detail, composed: true });
}

/** Defines the tag, unless it is defined: a second copy of the script leaves everything to the first. */
export function defineSmallfirstChat(openApp: OpenApp): void {
  if (customElements.get('smallfirst-chat')) return;
  SmallfirstChat.openApp = openApp;
  customElements.define('smallfirst-chat', SmallfirstChat);
}

declare global {
  interface HTMLElementTagNameMap {
    'smallfirst-chat': SmallfirstChat;
  }
}
