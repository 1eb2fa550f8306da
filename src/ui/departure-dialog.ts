/**
 * `<smallfirst-departure-dialog>`: what is about to leave this device, as it will be sent, before it does; it can be changed here.
 * Properties: `departure` (open while there is one), `canAlways`. Event: `decide` (detail: a DepartureAnswer).
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Departure, DepartureAnswer, Redaction } from '../kernel/departure';
import type { Message } from '../kernel/message';
import { ESCALATION_REASONS } from '../kernel/route';
import { usdText } from '../meter/receipt';
import { hide, withNote } from '../privacy/placeholder';
import { dialogStyles } from './dialog-styles';
import { controls } from './theme';
import { spanText } from './forecast-words';
import { sizeText } from './words';

const ROLES = { system: 'Instructions of this page', user: 'You', assistant: 'Answer' } as const;

@customElement('smallfirst-departure-dialog')
export class DepartureDialog extends LitElement {
  static override readonly styles = [
    controls,
    dialogStyles,
    css`
      .always {
        margin-bottom: 0.6rem;
      }
      /* On a phone it would leave no room for what is sent. */
      @media (max-width: 30rem) {
        .long {
          position: static;
        }
        .long button {
          flex: 1 1 auto;
        }
      }
      code {
        overflow-wrap: anywhere;
      }
      .earlier {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
        margin-bottom: 0.9rem;
      }
    `,
  ];

  @property({ attribute: false }) departure: Departure | undefined;
  /** Whether somebody may agree once and for all. */
  @property({ type: Boolean }) canAlways = false;
  /** Texts of redactions that are replaced as things stand. */
  @state() private ticked: ReadonlySet<string> = new Set();
  /** What the person wrote instead, by message. */
  @state() private edits: ReadonlyMap<Message, string> = new Map();
  @state() private edited: Message | undefined;
  @state() private isWhole = false;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('.always input') private always!: HTMLInputElement | null;

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('departure') || !this.departure) return;
    const { redactions, names } = this.departure;
    const ticked = [...redactions, ...names.filter(({ isTicked }) => isTicked)];
    this.ticked = new Set(ticked.map(({ text }) => text));
    this.edits = new Map();
    this.edited = undefined;
    this.isWhole = false;
  }

  override render() {
    return html`<dialog role="dialog" aria-labelledby="title" @cancel=${this.#cancel}>
      <header><h2 id="title">Send to the cloud?</h2></header>
      ${this.departure ? this.#content(this.departure) : nothing}
    </dialog>`;
  }

  override updated(changed: PropertyValues<this>) {
    if (!changed.has('departure')) return;
    if (this.departure && !this.dialog.open) this.dialog.showModal();
    if (!this.departure && this.dialog.open) this.dialog.close();
  }

  #content(departure: Departure) {
    const { modelName, reason, redactions, names, earlier, worstNanoUsd, canLater } = departure;
    const sent = this.#sent(departure);
    const bytes = sent.reduce((sum, { content }) => sum + new TextEncoder().encode(content).length, 0);
    const written = this.#written(departure)
      .map(({ content }) => content)
      .join('\n');
    const here = (redaction: Redaction) => written.includes(redaction.text);
    return html`<div class="body">
        <p>
          ${ESCALATION_REASONS[reason]} This goes to this site’s server, and from there to
          <strong>${modelName}</strong>:
        </p>
        ${this.#times(departure)}
        <dl tabindex="0" aria-label="What is sent">
          ${this.#written(departure).map((message) => this.#message(message, sent))}
        </dl>
        ${
          earlier.length > 0
            ? html`<div class="earlier">
                <span class="muted">
                  ${
                    this.isWhole
                      ? 'All of this chat goes along.'
                      : `${earlier.length} earlier ${earlier.length === 1 ? 'message stays' : 'messages stay'} here: not needed for this question.`
                  }
                </span>
                <button class="small" @click=${() => (this.isWhole = !this.isWhole)}>
                  ${this.isWhole ? 'Leave them here' : 'Send them too'}
                </button>
              </div>`
            : nothing
        }
        ${this.#ticks('Replaced before it leaves', redactions.filter(here))}
        ${this.#ticks('Names? Tick those that shall not leave', names.filter(here))}
      </div>
      <footer class=${canLater ? 'long' : ''}>
        <p class="muted">
          ${sizeText(bytes)} of text, nothing else. The answer comes back with the originals in place. The
          site pays ${usdText(worstNanoUsd)} at most; you pay nothing. In this chat you will not be asked
          again.
        </p>
        ${
          canLater
            ? html`<p class="muted later">
                Answered later, it costs half of that and comes within a day. Until it is sent on, a minute as
                a rule, the text lies on the disk of this site’s server; the answer until this page fetches
                it, 7 days at most.
              </p>`
            : nothing
        }
        ${
          this.canAlways
            ? html`<label class="always"
                ><input type="checkbox" /> Do not ask again in any chat on this device</label
              >`
            : nothing
        }
        <div class="buttons">
          <button @click=${() => this.#decide({ choice: 'keep' })}>Keep here</button>
          ${
            canLater
              ? html`<button
                  ?disabled=${!sent.at(-1)?.content.trim()}
                  @click=${() => this.#send(departure, 'later')}
                >
                  Answer later, half price
                </button>`
              : nothing
          }
          <button
            class="primary"
            ?disabled=${!sent.at(-1)?.content.trim()}
            @click=${() => this.#send(departure, this.always?.checked ? 'always' : 'send')}
          >
            Send to ${modelName}
          </button>
        </div>
      </footer>`;
  }

  /** Which is quicker, where that is known. */
  #times({ modelName, device }: Departure) {
    if (!device?.answerSeconds) return nothing;
    const there = device.cloudSeconds ? `, ${modelName} took ${spanText(device.cloudSeconds)} last time` : '';
    return html`<p class="muted times">
      An answer of 150 words takes this device about ${spanText(device.answerSeconds)}${there}.
    </p>`;
  }

  #message(message: Message, sent: readonly Message[]) {
    const isSystem = message.role === 'system';
    const text = isSystem ? (sent[0]?.content ?? '') : this.#textOf(message);
    const isEdited = this.edited === message;
    // White space is shown as it is sent: none of ours may stand around it.
    const body = isEdited
      ? html`<textarea
          aria-label="What is sent instead"
          .value=${text}
          @input=${(event: Event) => this.#edit(message, (event.target as HTMLTextAreaElement).value)}
        ></textarea>`
      : this.#marked(text);
    return html`<dt>
        ${ROLES[message.role]}
        ${
          isSystem
            ? nothing
            : html`<button
                class="plain small"
                aria-label=${isEdited ? 'Done editing' : `Edit: ${ROLES[message.role]}`}
                @click=${() => (this.edited = isEdited ? undefined : message)}
              >
                ${isEdited ? 'Done' : 'Edit'}
              </button>`
        }
      </dt>
      <dd dir="auto">${body}</dd>`;
  }

  /** With each placeholder to be seen as one. */
  #marked(text: string) {
    const placeholders = new Set(this.#applied().map(({ placeholder }) => placeholder));
    return text
      .split(/(\[[A-Z]+_\d+\])/)
      .map((part) => (placeholders.has(part) ? html`<mark>${part}</mark>` : part));
  }

  #ticks(title: string, redactions: readonly Redaction[]) {
    if (redactions.length === 0) return nothing;
    return html`<fieldset>
      <legend>${title}</legend>
      ${redactions.map(
        (redaction) =>
          html`<label
            ><input
              type="checkbox"
              .checked=${this.ticked.has(redaction.text)}
              @change=${(event: Event) => this.#tick(redaction, (event.target as HTMLInputElement).checked)}
            />
            <span><code>${redaction.text}</code> → ${redaction.placeholder}</span></label
          >`,
      )}
    </fieldset>`;
  }

  #tick(redaction: Redaction, isHidden: boolean) {
    const hidden = new Set(this.ticked);
    if (isHidden) hidden.add(redaction.text);
    else hidden.delete(redaction.text);
    this.ticked = hidden;
    const change = (text: string) =>
      isHidden ? hide(text, [redaction]) : text.replaceAll(redaction.placeholder, () => redaction.text);
    this.edits = new Map([...this.edits].map(([message, text]) => [message, change(text)]));
  }

  #edit(message: Message, text: string) {
    this.edits = new Map(this.edits).set(message, text);
  }

  #applied(): Redaction[] {
    const { redactions = [], names = [] } = this.departure ?? {};
    return [...redactions, ...names].filter(({ text }) => this.ticked.has(text));
  }

  /** As the person and the models wrote them. */
  #written({ messages, earlier }: Departure): Message[] {
    const isSystem = (message: Message) => message.role === 'system';
    return this.isWhole
      ? [...messages.filter(isSystem), ...earlier, ...messages.filter((message) => !isSystem(message))]
      : [...messages];
  }

  #textOf(message: Message): string {
    return this.edits.get(message) ?? hide(message.content, this.#applied());
  }

  /** What was emptied is left out. */
  #sent(departure: Departure): Message[] {
    const written = this.#written(departure);
    const texts = written.map((message) => ({ ...message, content: this.#textOf(message) }));
    const last = texts.length - 1;
    return withNote(
      texts.filter(({ content }, at) => at === last || content.trim()),
      this.#applied(),
    );
  }

  #send(departure: Departure, choice: 'send' | 'always' | 'later') {
    this.#decide({
      choice,
      messages: this.#sent(departure),
      redactions: this.#applied(),
    });
  }

  /** Escape keeps it here. */
  #cancel(event: Event) {
    event.preventDefault();
    this.#decide({ choice: 'keep' });
  }

  #decide(answer: DepartureAnswer) {
    this.dispatchEvent(new CustomEvent('decide', { detail: answer }));
  }
}
